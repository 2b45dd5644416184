import { Step } from '../../../guest/build/progress.ts';

/** Work that takes no longer shows no progress. */
const PATIENCE_MILLISECONDS = 1000;

/** How far some work is. */
export interface Progress {
  /** @param fraction 0 to 1 */
  update(fraction: number): void;
}

/** Does some work; on a terminal, and when it takes long, standard error shows how far it is. */
export async function withProgress<Result>(
  title: string,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  let step: Step | undefined;
  const timer = setTimeout(() => {
    if (process.stderr.isTTY) step = new Step(title);
  }, PATIENCE_MILLISECONDS);
  try {
    const result = await work({ update: (fraction) => step?.update(fraction) });
    step?.done();
    return result;
  } catch (error) {
    step?.failed();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
