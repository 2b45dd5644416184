import type { Inspector, Recording, Trace } from '../../../machine/index.ts';

/** Records what happens in a machine, one recording at a time. */
export class Recorder {
  #recording: Recording | null = null;
  #starting = false;

  get active(): boolean {
    return this.#recording !== null || this.#starting;
  }

  /** Events that are recorded so far. */
  get length(): number {
    return this.#recording?.length ?? 0;
  }

  /** No more events fit. */
  get full(): boolean {
    return this.#recording?.full ?? false;
  }

  /** Begins. @returns whether it did: not while another goes on */
  async start(inspector: Pick<Inspector, 'record'>): Promise<boolean> {
    if (this.active) return false;
    this.#starting = true;
    try {
      this.#recording = await inspector.record();
      return true;
    } finally {
      this.#starting = false;
    }
  }

  /** Ends it. @returns what was recorded; null if nothing was being */
  stop(): Trace | null {
    const trace = this.#recording?.stop() ?? null;
    this.#recording = null;
    return trace;
  }
}
