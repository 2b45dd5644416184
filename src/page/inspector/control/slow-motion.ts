import type { DeviceControl, StepResult } from '../../../machine/index.ts';

/** What slow motion needs of a device. */
export type Steps = Pick<DeviceControl, 'held' | 'hold' | 'release' | 'take' | 'publish'>;

/** Milliseconds between two steps: time enough to see what has changed. */
export const STEP_TIME = 900;

export interface SlowMotionEvents {
  stepped(what: 'take' | 'publish', step: StepResult): void;
  /** It came to an end by itself. */
  failed(reason: unknown): void;
}

/** Lets a device take a step again and again, so slowly that people can follow. */
export class SlowMotion {
  readonly #steps: Steps;
  readonly #events: SlowMotionEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(steps: Steps, events: SlowMotionEvents) {
    this.#steps = steps;
    this.#events = events;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Holds the device and begins. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#steps.hold();
    } catch (reason) {
      this.#fail(reason);
      return;
    }
    this.#wait();
  }

  /** The device goes on at full speed. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    clearTimeout(this.#timer);
    this.#steps.release();
  }

  #wait(): void {
    if (this.#running) this.#timer = setTimeout(() => this.#step(), STEP_TIME);
  }

  /** What is done is shown to the driver before the next is begun. */
  async #step(): Promise<void> {
    try {
      if (!(await this.#attempt('publish'))) await this.#attempt('take');
      this.#wait();
    } catch (reason) {
      this.#fail(reason);
    }
  }

  async #attempt(what: 'take' | 'publish'): Promise<boolean> {
    const step = await this.#steps[what]();
    if (step !== null && this.#running) this.#events.stepped(what, step);
    return step !== null;
  }

  #fail(reason: unknown): void {
    const wasRunning = this.#running;
    this.stop();
    // Released meanwhile, a step fails for that reason alone.
    if (wasRunning) this.#events.failed(reason);
  }
}
