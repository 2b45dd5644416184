import { RunError } from '../../../src/cli/run-error.ts';

/** The one line of a failure with this exit status; whatever else comes is thrown on. */
export async function refusal(work: () => unknown, exitCode = 2): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RunError) || error.exitCode !== exitCode) throw error;
    return error.message;
  }
  throw new Error('it was done');
}
