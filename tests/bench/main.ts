import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectDirectory } from '../../guest/build/paths.ts';
import { Bench } from './bench.ts';
import type { Figure } from './figure.ts';
import { figures as allFigures } from './figures/index.ts';
import { Laboratory } from './laboratory.ts';
import { plotPage } from './plot.ts';
import { Profiles } from './profiler.ts';
import { writeReadme } from './readme.ts';
import { keepReport, makeReport, readHistory } from './report.ts';
import { runFigures } from './runner.ts';
import { formatHistograms, formatNumber, formatTable } from './table.ts';
import { judge } from './verdict.ts';

const USAGE = `Usage: npm run bench -- [--quick] [--runs N] [NAME...]
       npm run bench -- --profile [NAME...]
       npm run bench -- --list | --plot | --readme

Measures Ringbox beside v86 as shipped and native QEMU, prints a table, writes bench.json.
With NAMEs only those figures, or all whose names begin so.

  --quick    within 3 minutes: short measurements, which only show that everything works
  --runs N   how often each is measured after warming up (5 unless told)
  --profile  what the time is spent on in the pages and their workers, warm: prints the functions, and writes
             a .cpuprofile for each thread to bench-profiles
  --list     the names
  --plot     writes bench.html: each figure over the commits that were measured on this machine
  --readme   writes the newest run of all figures on this machine into README.md
`;

const REPORT_FILE = join(projectDirectory, 'bench.json');
const PROFILES = join(projectDirectory, 'bench-profiles');
const PLOT_FILE = join(projectDirectory, 'bench.html');
/** Rounds that only warm up, runs that count, and about how long each measurement is, in seconds. */
const THOROUGH = { warmUps: 2, runs: 5, seconds: 1, deadline: Number.POSITIVE_INFINITY };
/**
 * Shows that everything works, once; nothing is warm. It is over within three minutes on a slow machine,
 * too: no figure begins after two and a half, since making the pages and what has begun take some time.
 */
const QUICK = { warmUps: 0, runs: 1, seconds: 0.05, deadline: 150_000 };

interface Options {
  quick: boolean;
  list: boolean;
  plot: boolean;
  profile: boolean;
  readme: boolean;
  runs: number | null;
  figures: Figure[];
}

/** `npm run bench`. @returns the exit status: 1 when something could not be measured, 2 for wrong usage */
export async function bench(parameters: string[]): Promise<number> {
  const options = readOptions(parameters);
  if (options === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (options.list) {
    for (const { name, title } of options.figures) process.stdout.write(`${name}: ${title}\n`);
    return 0;
  }
  if (options.readme) return intoReadme();
  return options.plot ? plot() : measure(options);
}

/** Shortened measurements are not worth a look over time. */
function plot(): number {
  const reports = readHistory().filter(({ quick }) => !quick);
  writeFileSync(PLOT_FILE, plotPage(reports));
  process.stdout.write(`${reports.length} measurements: open file://${PLOT_FILE}\n`);
  return 0;
}

function intoReadme(): number {
  try {
    process.stdout.write(`${writeReadme(readHistory())}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}

function readOptions(parameters: string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: parameters,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        plot: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        readme: { type: 'boolean', default: false },
        runs: { type: 'string' },
      },
    });
    const runs = values.runs === undefined ? null : Number(values.runs);
    if (runs !== null && !(Number.isInteger(runs) && runs > 0)) return null;
    const figures = choose(positionals);
    return figures === null ? null : { ...values, runs, figures };
  } catch {
    return null;
  }
}

/** The figures that `names` mean, in the table's order; null when one means none. */
function choose(names: string[]): Figure[] | null {
  if (names.length === 0) return allFigures;
  const means = (name: string) => {
    const exact = allFigures.filter((figure) => figure.name === name);
    return exact.length > 0 ? exact : allFigures.filter((figure) => figure.name.startsWith(name));
  };
  const chosen = names.map(means);
  return chosen.some((figures) => figures.length === 0)
    ? null
    : allFigures.filter((figure) => chosen.flat().includes(figure));
}

async function measure(options: Options): Promise<number> {
  const { warmUps, runs, seconds, deadline } = options.quick ? QUICK : THOROUGH;
  const profiles = options.profile ? new Profiles() : null;
  const laboratory = await Laboratory.open({
    minify: !options.profile,
    filesEach: options.quick ? 1 : 20,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => laboratory.abandon().finally(() => process.exit(130)));
  }
  const workbench = new Bench(laboratory, seconds);
  try {
    const results = await runFigures(workbench, {
      figures: profiles ? options.figures.map((figure) => profiles.of(figure)) : options.figures,
      warmUps,
      runs: options.runs ?? (profiles ? 1 : runs),
      deadline: performance.now() + deadline,
      missing: (side) => laboratory.missing(side),
      onMeasured: (run, { name, unit }, side, value) => {
        const when = run === null ? 'warming up' : `run ${run}`;
        process.stderr.write(`${when}: ${name}, ${side}: ${formatNumber(value)} ${unit}\n`);
      },
    });
    const verdicts = results.map(judge);
    if (profiles !== null) {
      process.stdout.write(`\n${formatTable(verdicts)}\n${profiles.write(PROFILES)}`);
      return 0;
    }
    const report = await makeReport(laboratory, options.quick, verdicts);
    writeFileSync(REPORT_FILE, `${JSON.stringify(report, undefined, 2)}\n`);
    keepReport(report);
    process.stdout.write(`\n${formatTable(verdicts)}${formatHistograms(verdicts)}`);
    const failed = results.some(({ sides }) =>
      Object.values(sides).some(({ problem }) => problem?.startsWith('failed') ?? false),
    );
    return failed ? 1 : 0;
  } finally {
    await workbench.dispose();
    await laboratory.close();
  }
}
