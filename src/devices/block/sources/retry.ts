import type { Clock } from './clock.ts';

/** A failure that may be gone at the next try. */
export class TransientError extends Error {
  /** Milliseconds that the server asks for before the next try. */
  readonly delay: number;

  constructor(message: string, { delay = 0, cause }: { delay?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.delay = delay;
  }
}

export interface Patience {
  /** Tries altogether, at least 1. */
  tries: number;
  /** Milliseconds before the second try; before each further one twice as many ... */
  firstDelay: number;
  /** ... but not more than these. */
  longestDelay: number;
}

export interface RetryParts extends Patience {
  clock: Clock;
  /** Numbers from 0 to 1, as `Math.random` gives. */
  random: () => number;
  /** Ends the waiting between tries. */
  signal: AbortSignal;
}

/**
 * Tries until it succeeds, fails for good, or patience is at its end.
 * @throws whatever the last try has thrown; the reason of `signal`
 */
export async function retry<Value>(
  attempt: (number: number) => Promise<Value>,
  { tries, firstDelay, longestDelay, clock, random, signal }: RetryParts,
): Promise<Value> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof TransientError) || number === tries) throw error;
      const full = Math.min(firstDelay * 2 ** (number - 1), longestDelay);
      // Between half and all of it: those who failed together do not come back together.
      const delay = Math.max(error.delay, full * (0.5 + random() / 2));
      await pause(clock, Math.min(delay, longestDelay), signal);
    }
  }
}

function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      forget();
      reject(signal.reason);
    };
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const forget = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
    signal.addEventListener('abort', end, { once: true });
  });
}
