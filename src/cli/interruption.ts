import { type HandledSignal, signalExitCodes } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The wish of somebody outside that the run ends, by a signal. */
export class Interruption {
  /** Resolves with the first signal. */
  readonly requested: Promise<HandledSignal>;
  #first: HandledSignal | undefined;
  #request!: (signal: HandledSignal) => void;

  constructor() {
    this.requested = new Promise((resolve) => {
      this.#request = resolve;
    });
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  /** Gives the signals their usual meaning back. */
  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  /** The second signal ends at once what the first has asked to end well. */
  readonly #onSignal = (signal: (typeof SIGNALS)[number]): void => {
    if (this.#first) process.exit(signalExitCodes[signal]);
    this.#first = signal;
    this.#request(signal);
  };
}
