import { RunError } from './run-error.ts';

/** Does a command's work. A RunError becomes its line on standard error and its exit status. */
export async function reported(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (error.message) process.stderr.write(`ringbox: ${error.message}\n`);
    return error.exitCode;
  }
}
