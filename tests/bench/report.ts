import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../guest/build/command.ts';
import { cacheDirectory, projectDirectory } from '../../guest/build/paths.ts';
import type { Laboratory } from './laboratory.ts';
import type { FigureVerdict } from './verdict.ts';

/** What `bench.json` holds. */
export interface Report {
  /** When the measurements ended, by ISO 8601. */
  date: string;
  commit: Commit;
  machine: { processor: string; cores: number; memoryMiB: number; system: string };
  versions: { node: string; chromium: string; v86: string; qemu: string | null; guest: string };
  /** Of shortened measurements, which only show that they work. */
  quick: boolean;
  figures: FigureVerdict[];
}

interface Commit {
  hash: string;
  subject: string;
  /** By ISO 8601. */
  date: string;
  /** Files were changed since. */
  changed: boolean;
}

export async function makeReport(
  laboratory: Laboratory,
  quick: boolean,
  figures: FigureVerdict[],
): Promise<Report> {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    commit: await describeCommit(),
    machine: {
      processor: processors[0].model,
      cores: processors.length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
      system: `Linux ${release()}`,
    },
    versions: {
      node: process.versions.node,
      chromium: laboratory.browser.version(),
      v86: versionOfPackage('v86'),
      qemu: await versionOfQemu(laboratory.qemu),
      guest: laboratory.guest.version,
    },
    quick,
    figures,
  };
}

async function describeCommit(): Promise<Commit> {
  const git = (...parameters: string[]) =>
    runCommand('git', parameters, { directory: projectDirectory });
  const [hash, date, subject] = (await git('log', '-1', '--format=%H%n%cI%n%s')).split('\n');
  const changed = (await git('status', '--porcelain', '--untracked-files=no')).trim() !== '';
  return { hash, subject, date, changed };
}

function versionOfPackage(name: string): string {
  const path = join(projectDirectory, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

async function versionOfQemu(program: string | null): Promise<string | null> {
  if (program === null) return null;
  return (await runCommand(program, ['--version'])).split('\n')[0];
}

/**
 * Where the reports of this machine are kept, a file for each commit with a line for each run: in
 * the cache, as figures of one machine say nothing beside another's, and a commit cannot hold what
 * was measured of itself.
 */
const HISTORY = join(cacheDirectory(), 'bench');

export function keepReport(report: Report): void {
  mkdirSync(HISTORY, { recursive: true });
  appendFileSync(join(HISTORY, `${report.commit.hash}.jsonl`), `${JSON.stringify(report)}\n`);
}

/** All reports that were kept, in the order of their commits and then of time. */
export function readHistory(): Report[] {
  mkdirSync(HISTORY, { recursive: true });
  const reports = readdirSync(HISTORY).flatMap((name) =>
    readFileSync(join(HISTORY, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Report),
  );
  const moment = ({ commit, date }: Report) => `${new Date(commit.date).toISOString()} ${date}`;
  return reports.sort((left, right) => (moment(left) < moment(right) ? -1 : 1));
}
