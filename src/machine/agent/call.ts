import { Deferred } from '../deferred.ts';
import type { MachineError } from '../errors.ts';
import { INPUT_WINDOW } from './frames.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A command on its way through the agent: it waits for its turn, runs, and ends or fails. */
export class Call {
  readonly id: number;
  readonly command: string;
  /** Its command was begun, and has not ended. */
  runs = false;
  readonly output: Bytes[] = [];
  readonly errors: Bytes[] = [];
  /** Bytes of both. */
  length = 0;
  readonly #status = new Deferred<number>();
  readonly #failure = new Deferred<never>();
  /** Bytes of input that may be sent now. */
  #window = INPUT_WINDOW;
  #windowOpened: () => void = () => {};

  constructor(id: number, command: string) {
    this.id = id;
    this.command = command;
  }

  /** Resolves with the exit status once it is told. */
  get status(): Promise<number> {
    return this.#status.promise;
  }

  ended(status: number): void {
    this.runs = false;
    this.#status.resolve(status);
    this.#windowOpened();
  }

  fail(error: MachineError): void {
    this.#failure.reject(error);
  }

  /** What `work` gives, unless the call fails before. @throws MachineError why it has failed */
  unlessFailed<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#failure.promise]);
  }

  /** Takes as much of `bytes` of input as may be sent now. @returns so many bytes */
  takeWindow(bytes: number): number {
    const taken = Math.min(bytes, this.#window);
    this.#window -= taken;
    return taken;
  }

  /** The command has taken `bytes` of its input. */
  openWindow(bytes: number): void {
    this.#window = Math.min(INPUT_WINDOW, this.#window + bytes);
    this.#windowOpened();
  }

  /** Resolves when input may be sent, or the command has ended. */
  untilWindow(): Promise<void> {
    if (this.#window > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#windowOpened = resolve;
    });
  }
}
