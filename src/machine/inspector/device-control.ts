import type { QueueStep } from '../../devices/steps.ts';
import type { GuestMemory } from '../../ring/guest-memory.ts';
import { RING_ELEMENTS_OFFSET, USED_ELEMENT_SIZE } from '../../ring/layout.ts';
import type { Plugged } from '../device-bay.ts';
import { MachineError } from '../errors.ts';
import { type QueueSummary, summarizeQueue } from './queue-snapshot.ts';

/** What one step has done. */
export interface StepResult extends QueueStep {
  /** The chain, by its first descriptor. */
  head: number;
}

/**
 * Holds one device and lets it go step by step, while the guest runs on and waits. Both rules of the link hold all the
 * while. What the driver asks of registers is answered, and resets are carried out; a device that was reset is still
 * held. A machine that is paused, resumed or reset changes nothing of it; a disk that is detached is released.
 *
 * For the page's own thread.
 */
export class DeviceControl {
  /** The device's place. */
  readonly place: number;
  readonly #plugged: Plugged;
  readonly #memory: GuestMemory;

  constructor(place: number, plugged: Plugged, memory: GuestMemory) {
    this.place = place;
    this.#plugged = plugged;
    this.#memory = memory;
  }

  get held(): boolean {
    return this.#link.held;
  }

  /**
   * Holds the device: from when this resolves on it takes no chain and publishes nothing. What its backend has begun may
   * still finish.
   */
  hold(): Promise<void> {
    return this.#link.hold();
  }

  /** Everything goes on, and what was withheld is told. */
  release(): void {
    this.#link.release();
  }

  /**
   * Lets the held device take one chain and serve it: its element is in the used ring then, and not visible, unless
   * the device or its backend takes its time.
   * @param queue of which; without it, of the first from which the device takes one
   * @returns the chain and its position in the available ring; null when there was nothing to be taken
   * @throws MachineError 'not-held', 'wrong-state' when the machine is paused, 'device-died'
   */
  take(queue?: number): Promise<StepResult | null> {
    return this.#step('take', queue);
  }

  /**
   * Lets the held device publish one used element. By the sync rule that takes a sync point, and so a machine that
   * runs.
   * @param queue of which; without it, of the first that has an element
   * @returns the chain and the position of its element in the used ring; null when there was none
   * @throws MachineError as `take`
   */
  publish(queue?: number): Promise<StepResult | null> {
    return this.#step('publish', queue);
  }

  /**
   * While it is true, the driver is not interrupted for this device: what it would be told is gathered. Also of a
   * device that is not held. That the device needs a reset is told all the same.
   */
  get withholdInterrupts(): boolean {
    return this.#link.withholdInterrupts;
  }

  set withholdInterrupts(withhold: boolean) {
    this.#link.withholdInterrupts = withhold;
  }

  /** Tells the driver at the next sync point what was withheld, if anything was. */
  deliver(): void {
    this.#link.deliverInterrupts();
  }

  get #link() {
    return this.#plugged.device.link;
  }

  async #step(what: 'take' | 'publish', queue?: number): Promise<StepResult | null> {
    this.#check();
    const step = await this.#plugged.host.step(what, queue ?? null);
    if (step === null) return null;
    const summary = summarizeQueue(this.#plugged, step.queue, this.#memory);
    return { ...step, head: this.#headOf(what, step.index, summary) };
  }

  /** What the ring has at free-running index `index`, as far as nobody has changed it meanwhile. */
  #headOf(
    what: 'take' | 'publish',
    index: number,
    { enabled, fault, size, availableRing, usedRing }: QueueSummary,
  ): number {
    if (!enabled || fault !== null) return 0;
    const slot = index & (size - 1);
    return what === 'take'
      ? this.#memory.read16(availableRing + RING_ELEMENTS_OFFSET + 2 * slot)
      : this.#memory.read32(usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * slot);
  }

  #check(): void {
    const { name } = this.#plugged.plan;
    if (!this.#link.held) {
      throw new MachineError('not-held', `${name} is not held.`, 'Hold it first.');
    }
    if (this.#link.paused) {
      const message = `${name} cannot take a step: the machine is paused.`;
      throw new MachineError('wrong-state', message, 'Resume the machine.');
    }
  }
}
