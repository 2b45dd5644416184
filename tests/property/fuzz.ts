import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { keepCounterexample } from './counterexamples.ts';
import { type Budget, fuzzProperties, type Progress } from './fuzzing.ts';
import { properties } from './properties.ts';

const USAGE = `Usage: npm run fuzz -- [--hours N | --minutes N | --cases N] [--seed N]

Plays hostile drivers against the devices for so long (10 minutes unless told), each time others.
A counterexample is kept in tests/property/counterexamples and ends the run with status 1.
--seed plays the drivers of an earlier run again.
`;
const STANDARD_MINUTES = 10;
/** Between two lines of progress, in milliseconds. */
const PROGRESS_INTERVAL = 5000;

/** `npm run fuzz`. @returns the exit status: 1 for a counterexample, 2 for wrong usage */
export function fuzz(parameters: string[]): number {
  const options = readOptions(parameters);
  if (options === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  console.warn = () => {}; // each device says what every driver did wrong
  process.stdout.write(`seed ${options.seed}\n`);
  const found = fuzzProperties(properties, options.budget, options.seed, reporter());
  if (found === null) return 0;
  const path = relative(process.cwd(), keepCounterexample(found));
  process.stdout.write(`
COUNTEREXAMPLE: ${found.property}: ${found.error}
It is kept in ${path}, which every run of the tests plays from now on.
Mend the defect, then: git add ${path} && git commit
`);
  return 1;
}

function readOptions(parameters: string[]): { budget: Budget; seed: number } | null {
  try {
    const { values } = parseArgs({
      args: parameters,
      options: {
        hours: { type: 'string' },
        minutes: { type: 'string' },
        cases: { type: 'string' },
        seed: { type: 'string' },
      },
    });
    const { hours, minutes, cases } = values;
    if ([hours, minutes, cases].filter((value) => value !== undefined).length > 1) return null;
    const limits = { hours: number(hours), minutes: number(minutes), cases: number(cases) };
    const longest = limits.hours * 60 || limits.minutes || STANDARD_MINUTES;
    const budget: Budget =
      cases === undefined
        ? { milliseconds: longest * 60_000, cases: Number.POSITIVE_INFINITY }
        : { milliseconds: Number.POSITIVE_INFINITY, cases: limits.cases };
    const seed =
      values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : number(values.seed);
    return { budget, seed };
  } catch {
    return null;
  }
}

/** A positive number, or 0 for none. @throws RangeError for anything else */
function number(text: string | undefined): number {
  if (text === undefined) return 0;
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${text} is no positive number`);
  return value;
}

/** Prints progress now and then, and at the end. */
function reporter(): (progress: Progress) => void {
  let next = 0;
  return ({ property, cases, milliseconds, left, over }) => {
    if (!over && milliseconds < next) return;
    next = milliseconds + PROGRESS_INTERVAL;
    const rate = Math.round((1000 * cases) / Math.max(milliseconds, 1));
    process.stdout.write(`${property}: ${cases} cases so far, ${rate} a second, ${left} left\n`);
  };
}
