import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where counterexamples are kept, one file each; they are played in each run of the tests. */
export const COUNTEREXAMPLES = fileURLToPath(new URL('./counterexamples/', import.meta.url));

/** A case for which a property did not hold when it was found. */
export interface Counterexample {
  /** Name of the property. */
  property: string;
  /** What was wrong then. */
  error: string;
  case: unknown;
}

/**
 * Writes a counterexample to a file of `directory`, named after its property and its content.
 * @returns the path
 */
export function keepCounterexample(example: Counterexample, directory = COUNTEREXAMPLES): string {
  const content = JSON.stringify(example.case);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const path = join(directory, `${example.property}-${digest}.json`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, `${JSON.stringify(example, null, 2)}\n`);
  return path;
}

/**
 * All counterexamples of `directory`, in the order of their names; none when it is not there.
 * @throws Error for a file that is none
 */
export function readCounterexamples(directory = COUNTEREXAMPLES): Counterexample[] {
  return listed(directory).map((name) => {
    const example: Partial<Counterexample> = JSON.parse(
      readFileSync(join(directory, name), 'utf8'),
    );
    const { property, error, case: played } = example;
    if (property === undefined || error === undefined || played === undefined) {
      throw new Error(`${name} is no counterexample`);
    }
    return { property, error, case: played };
  });
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
