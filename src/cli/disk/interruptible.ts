import { Cleanup } from '../cleanup.ts';
import { signalExitCodes } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { RunError } from '../run-error.ts';

/** What work takes that a signal may end. */
export interface Surroundings {
  /** What has to be undone at the end. */
  cleanup: Cleanup;
  /** Aborted by the first signal, with a RunError that says nothing. */
  signal: AbortSignal;
}

/** Does some work, and cleans up after it, however it ends. */
export async function interruptible(
  work: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
  const cleanup = new Cleanup();
  const interruption = new Interruption();
  const controller = new AbortController();
  interruption.requested.then((signal) => {
    controller.abort(new RunError(signalExitCodes[signal], ''));
  });
  try {
    await work({ cleanup, signal: controller.signal });
  } finally {
    await cleanup.run();
    interruption.dispose();
  }
}
