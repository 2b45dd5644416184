import type { Attention } from '../link/control-block.ts';
import { SpinBudget } from '../link/spin-budget.ts';
import type { Processor, VirtioPciDevice } from '../transport/virtio-pci.ts';

/** A halted CPU spins for its devices at most this long before it lets the page go on, in ms. */
const LONGEST_SPIN = 1;
const SHORTEST_SPIN = 0.02;

/** The CPU, as far as its guest's polling is concerned; `Emulator` says more. */
export interface PollingProcessor extends Processor {
  readonly endedEarly: boolean;
}

/**
 * What happens at the machine's sync points: the moments at which the guest stands still and the
 * CPU thread looks at what the device workers have asked for.
 *
 * While the CPU is halted with requests in flight it spins here on the shared words for as long
 * as has lately paid, since leaving the CPU loop and coming back costs more than most requests.
 * What would have paid is known when the answer comes: a spin that is too short for all of them
 * would never learn it from itself.
 */
export class SyncPoints {
  readonly #attention: Attention;
  /** By device index; they come and go. */
  readonly #devices: readonly (VirtioPciDevice | undefined)[];
  readonly #processor: PollingProcessor;
  readonly #budget = new SpinBudget(SHORTEST_SPIN, LONGEST_SPIN);
  /** When the spin began that was given up and is not answered yet, in ms; null for none. */
  #unansweredSince: number | null = null;

  constructor(
    attention: Attention,
    devices: readonly (VirtioPciDevice | undefined)[],
    processor: PollingProcessor,
  ) {
    this.#attention = attention;
    this.#devices = devices;
    this.#processor = processor;
  }

  /**
   * After a slice: the guest does nothing but look whether a device is done, with interrupts off or
   * right after its doorbell. A console whose page reads slowly makes it wait for long, and what the
   * guest burns meanwhile the page needs for reading.
   */
  get guestPolls(): boolean {
    const { endedEarly, interruptsOff } = this.#processor;
    return (endedEarly || interruptsOff) && this.#anyPolled();
  }

  /** A sync point. @param halted the CPU waits for an interrupt */
  pass(halted: boolean): void {
    if (!this.#processor.interruptsOff) this.#decideInterrupts();
    if (this.#attention.peek() !== 0) this.#answered();
    else if (halted && this.#anyBusy() && !this.#hasJustGivenUp()) this.#spinForDevices();
    if (!halted && this.#processor.interruptsOff && this.#anyPolled()) this.#processor.endSlice();
  }

  /**
   * A spin was given up, and a longer one may still prove to have paid. Not for ever: an answer that
   * was served at a doorbell is not seen here.
   */
  #hasJustGivenUp(): boolean {
    if (this.#unansweredSince === null) return false;
    const wouldPay = performance.now() - this.#unansweredSince < LONGEST_SPIN;
    if (!wouldPay) this.#learn(false);
    return wouldPay;
  }

  #answered(): void {
    if (this.#unansweredSince !== null) {
      this.#learn(performance.now() - this.#unansweredSince < LONGEST_SPIN);
    }
    this.#serve();
  }

  #learn(paid: boolean): void {
    this.#unansweredSince = null;
    this.#budget.learn(paid);
  }

  #serve(): void {
    // A worker that publishes right after its sync asks again; its interrupt need not wait.
    for (let round = 0; round < 2; round++) {
      const wanted = this.#attention.takeAll();
      if (wanted === 0) return;
      for (let index = 0; index < this.#devices.length; index++) {
        if (((wanted >>> index) & 1) === 1) this.#devices[index]?.serviceAtSyncPoint();
      }
    }
  }

  #decideInterrupts(): void {
    for (let index = 0; index < this.#devices.length; index++) {
      if (this.#devices[index]?.link.undecided) this.#devices[index]?.serviceAtSyncPoint();
    }
  }

  #spinForDevices(): void {
    const begin = performance.now();
    const end = begin + this.#budget.milliseconds;
    let paid = false;
    while (!paid && performance.now() < end) {
      for (let looks = 0; looks < 64 && !paid; looks++) paid = this.#attention.peek() !== 0;
    }
    if (!paid) {
      this.#unansweredSince = begin;
      return;
    }
    this.#learn(true);
    this.#serve();
  }

  #anyPolled(): boolean {
    for (let index = 0; index < this.#devices.length; index++) {
      if (this.#devices[index]?.link.isPolled) return true;
    }
    return false;
  }

  #anyBusy(): boolean {
    for (let index = 0; index < this.#devices.length; index++) {
      if (this.#devices[index]?.link.busy) return true;
    }
    return false;
  }
}
