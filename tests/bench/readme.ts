import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../guest/build/paths.ts';
import type { SideName } from './figure.ts';
import type { Report } from './report.ts';
import { formatGoal, formatNumber } from './table.ts';
import type { FigureVerdict } from './verdict.ts';

const README = join(projectDirectory, 'README.md');
/** What is between these two is written here; they are comments, which nobody sees. */
const BEGIN = '<!-- npm run bench -- --readme -->';
const END = '<!-- end of what it has written -->';
const LEAST_RUNS = 5;

/** A line of the table: figures of one kind beside each other. */
interface Row {
  what: string;
  figures: string[];
}

const ROWS: Row[] = [
  { what: '4 KiB random read, write, one at a time, /s', figures: ['read-4k', 'write-4k'] },
  { what: 'the same, 32 under way, /s', figures: ['read-4k-deep', 'write-4k-deep'] },
  { what: '1 MiB sequential read, write, MB/s', figures: ['read-1m', 'write-1m'] },
  { what: '32 MiB into the console, counted, MB/s', figures: ['console-counted'] },
  { what: 'the same, drawn by a terminal, MB/s', figures: ['console-drawn'] },
  { what: 'frames of the page meanwhile, /s', figures: ['console-frames'] },
  { what: 'a CPU job beside the disk: both over each alone', figures: ['together'] },
  {
    what: 'all files read, a tree by tar, durable small files, /s',
    figures: ['files-find', 'files-tar', 'files-fsync'],
  },
  {
    what: 'navigation to the prompt, first visit, files cached, machine saved, ms',
    figures: ['boot-cold', 'boot-warm', 'boot-saved'],
  },
  {
    what: 'CPU: shell, awk, gzip, md5sum, integers, /s',
    figures: ['cpu-shell', 'cpu-awk', 'cpu-gzip', 'cpu-md5sum', 'cpu-integer'],
  },
  {
    what: 'longest task of the page, disk busy, console busy, ms',
    figures: ['task-disk', 'task-console'],
  },
  {
    what: 'key to paint, 95th percentile, likewise, ms',
    figures: ['input-disk', 'input-console'],
  },
  { what: 'idle at the prompt, 4 devices, 16, % of a core', figures: ['idle', 'idle-16'] },
  {
    what: 'a buffer between threads and back, 1, 16, 64, 256 under way, ns',
    figures: ['ring-1', 'ring-16', 'ring-64', 'ring-256'],
  },
];

const COLUMNS: { title: string; sides: SideName[] }[] = [
  { title: 'Ringbox', sides: ['ringbox'] },
  { title: 'v86 as shipped', sides: ['v86'] },
  { title: 'native QEMU; Linux’s ringtest', sides: ['qemu', 'bare'] },
];
const HEADINGS = ['what', ...COLUMNS.map(({ title }) => title), 'goal'];
const PEERS: Partial<Record<SideName, string>> = { v86: 'v86', qemu: 'QEMU', bare: 'ringtest' };

/** Writes the newest whole measurement into README.md. @returns what was done, for people */
export function writeReadme(reports: readonly Report[]): string {
  const [newest] = reports
    .filter((report) => whatIsMissing(report) === null)
    .sort((left, right) => (left.date > right.date ? -1 : 1));
  if (newest === undefined) {
    throw new Error(
      `nothing to write: no run of all figures, ${LEAST_RUNS} times each, was kept on this machine`,
    );
  }
  writeFileSync(README, withMeasurement(readFileSync(README, 'utf8'), newest));
  return `README.md has the measurement of ${newest.date}, commit ${newest.commit.hash.slice(0, 7)}`;
}

/** Why a report does not belong into the README, or null. */
export function whatIsMissing({ quick, figures }: Report): string | null {
  if (quick) return 'it was a quick run';
  const named = ROWS.flatMap((row) => row.figures);
  const few = named.find((name) => runsOf(figures, name) < LEAST_RUNS);
  return few === undefined ? null : `${few} has fewer than ${LEAST_RUNS} runs`;
}

/** The text of the README with `report` between the two comments, whatever was there. */
export function withMeasurement(readme: string, report: Report): string {
  const missing = whatIsMissing(report);
  if (missing !== null) throw new Error(`not for the README: ${missing}`);
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the README lacks ${BEGIN} or ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${section(report)}${readme.slice(end)}`;
}

function section({ date, commit, machine, versions, figures }: Report): string {
  const qemu = /version ([\d.]+)/.exec(versions.qemu ?? '')?.[1] ?? 'missing';
  const changed = commit.changed ? ' with changes' : '';
  const cores = `${machine.cores} cores`;
  const lines = [
    '## How fast it is',
    '',
    `Medians of ${LEAST_RUNS} runs, and in brackets how many times as good Ringbox is; goals and whether they are`,
    'reached. More, with spreads and raw numbers, by `npm run bench` ([how](tests/bench/README.md)).',
    '',
    HEADINGS,
    HEADINGS.map(() => '---'),
    ...ROWS.map((row) => cells(row, figures)),
    '',
    `${date.slice(0, 10)}, commit ${commit.hash.slice(0, 7)}${changed}; ${machine.processor}, ${cores}; Chromium ${versions.chromium},`,
    `v86 ${versions.v86.split('+')[0]}, QEMU ${qemu}, Node ${versions.node}.`,
    '',
  ];
  return lines
    .map((line) => (typeof line === 'string' ? line : `| ${line.join(' | ')} |`))
    .map((line) => `${line}\n`)
    .join('');
}

function cells({ what, figures: names }: Row, figures: readonly FigureVerdict[]): string[] {
  const row = figures.filter(({ name }) => names.includes(name));
  const columns = COLUMNS.map(({ sides }) => sides.map((side) => cell(row, side)).join(''));
  return [what, ...columns, goals(row)];
}

/** The medians of a side, and how many times as good Ringbox is. */
function cell(row: readonly FigureVerdict[], side: SideName): string {
  const verdicts = row.flatMap(({ sides }) => sides.filter((verdict) => verdict.side === side));
  if (verdicts.length === 0) return '';
  const list = (numbers: (number | null)[]) =>
    numbers.map((number) => (number === null ? '–' : formatNumber(number))).join(' / ');
  const medians = list(verdicts.map(({ median }) => median));
  return side === 'ringbox' ? medians : `${medians} (${list(verdicts.map(({ ratio }) => ratio))})`;
}

/** Each goal, and whether the figures that have it reach it: one word where they agree. */
function goals(row: readonly FigureVerdict[]): string {
  const answers = new Map<string, string[]>();
  for (const verdict of row.flatMap(({ sides }) => sides)) {
    const goal = formatGoal(verdict);
    if (goal === '') continue;
    const peer = PEERS[verdict.side];
    const text = peer === undefined ? goal : `${goal} × ${peer}`;
    const reached = verdict.reached === null ? '–' : verdict.reached ? 'yes' : 'no';
    answers.set(text, [...(answers.get(text) ?? []), reached]);
  }
  return [...answers]
    .map(
      ([goal, given]) =>
        `${goal}: ${(new Set(given).size === 1 ? given.slice(0, 1) : given).join(' / ')}`,
    )
    .join('; ');
}

function runsOf(figures: readonly FigureVerdict[], name: string): number {
  const figure = figures.find((known) => known.name === name);
  return figure?.sides.find(({ side }) => side === 'ringbox')?.runs.length ?? 0;
}
