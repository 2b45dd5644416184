import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDirectory } from '../../../guest/build/paths.ts';

/** The answers of SPECIFICATION.md, by what tests/guest/hostile calls them. */
const ANSWERS: Record<string, string> = {
  SERVED: 'served',
  IGNORED: 'ignored',
  IOERR: 'IOERR',
  UNSUPP: 'UNSUPP',
  NEEDS_RESET: 'DEVICE_NEEDS_RESET',
};

interface Violation {
  name: string;
  row: string;
  device: string;
  answer: string;
}

/** The rows of the tables of "The driver's mistakes": the answer by the row's name. */
function decisions(): [row: string, answer: string][] {
  const text = readFileSync(join(projectDirectory, 'SPECIFICATION.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith("The driver's mistakes"))!;
  const rows = section.matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$/gm);
  return Array.from(rows, ([, row, answer]) => [row, answer]);
}

/** What the tables of the program say. */
function violations(): Violation[] {
  const folder = join(projectDirectory, 'tests/guest/hostile');
  const tables = readdirSync(folder).filter((name) => name.startsWith('violations-'));
  return tables.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const entries = text.matchAll(/^ {2}\{"(.+?)", "(.+?)", (\w+), (\w+), .*\},$/gm);
    return Array.from(entries, ([, name, row, device, answer]) => {
      return { name, row, device, answer: ANSWERS[answer] };
    });
  });
}

describe("the driver's mistakes", () => {
  const answers = new Map(decisions());

  test('are decided once each', () => {
    expect(answers.size).toBe(decisions().length);
    expect(answers.size).toBeGreaterThan(50);
  });

  test.each(decisions())('%s is made by the program in the guest', (row) => {
    expect(violations().some((violation) => violation.row === row)).toBe(true);
  });

  test('are made with the answer that was decided', () => {
    const undecided = violations().filter(({ row, answer }) => answers.get(row) !== answer);
    expect(undecided).toEqual([]);
  });

  test('are at least 150, and none has the name of another', () => {
    const names = violations().map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(150);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
