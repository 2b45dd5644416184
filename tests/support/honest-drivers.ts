import type { PortRings } from '../../src/machine/assembly.ts';
import type { GuestMemory } from '../../src/ring/guest-memory.ts';
import { Feature } from '../../src/transport/features.ts';
import { Driver, type Segment } from './driver.ts';
import type { Zones } from './mutated-zones.ts';
import type { PciGuest } from './pci-guest.ts';

/** An honest driver that gets no answer for so long has none, in milliseconds. */
const LONGEST_ANSWER = 5000;
const BLOCK_IN = 0;
const BLOCK_OUT = 1;
const SECTORS = 8;

/**
 * Honest drivers of the devices in real workers, each for a device that was reset: they use it
 * once from the beginning.
 */
export class HonestDrivers {
  readonly #guest: PciGuest;
  readonly #memory: GuestMemory;
  readonly #zones: Zones;
  readonly #halt: () => Promise<void>;
  #allocated: number;

  /** @param halt passes a sync point and lets the page have its turn */
  constructor(guest: PciGuest, memory: GuestMemory, zones: Zones, halt: () => Promise<void>) {
    this.#guest = guest;
    this.#memory = memory;
    this.#zones = zones;
    this.#halt = halt;
    this.#allocated = zones.writable.start;
  }

  /** Transmits a text and receives one. @throws Error when either is not what it should be */
  async useConsole({ output, input }: PortRings): Promise<void> {
    // What the page wrote before is nobody's any more.
    input.read();
    const [receive, transmit] = this.#start(2);
    output.read();
    const heard: Uint8Array[] = [];
    transmit.add([this.#buffer(new TextEncoder().encode('from the guest'))]);
    this.#guest.notify(1);
    await this.#answered(transmit, () => heard.push(output.read()));
    expectEqual(new TextDecoder().decode(joined(heard)), 'from the guest');
    const answer = this.#space(4096);
    receive.add([], [answer]);
    input.write(new TextEncoder().encode('from the page'));
    this.#guest.notify(0);
    const [{ len }] = await this.#answered(receive);
    const text = new TextDecoder().decode(this.#contents({ ...answer, length: len }));
    expectEqual(text.slice(0, 13), 'from the page');
  }

  /** Writes a pattern and reads it back. @throws Error when it is another */
  async useDisk(): Promise<void> {
    const [driver] = this.#start(1);
    const length = 512 * SECTORS;
    const pattern = Uint8Array.from({ length }, (_, index) => index * 7 + (index >> 8) * 13);
    const status = this.#space(1);
    driver.add([this.#header(BLOCK_OUT), this.#buffer(pattern)], [status]);
    this.#guest.notify(0);
    await this.#answered(driver);
    expectEqual(this.#contents(status).join(), '0');
    const answer = this.#space(length);
    driver.add([this.#header(BLOCK_IN)], [answer, status]);
    this.#guest.notify(0);
    const [{ len }] = await this.#answered(driver);
    expectEqual(len, length + 1);
    expectEqual(this.#contents(answer).join(), pattern.join());
    expectEqual(this.#contents(status).join(), '0');
  }

  /** Gets random bytes twice. @throws Error when they are not random */
  async useRng(): Promise<void> {
    const [driver] = this.#start(1);
    const answers = [this.#space(64), this.#space(64)];
    for (const answer of answers) {
      driver.add([], [answer]);
      this.#guest.notify(0);
      const [{ len }] = await this.#answered(driver);
      expectEqual(len, 64);
    }
    const [first, second] = answers.map((answer) => this.#contents(answer).join());
    if (first === second) throw new Error('random bytes were given out twice');
  }

  /** From reset to DRIVER_OK, with the first `count` queues. */
  #start(count: number): Driver[] {
    this.#guest.negotiate([Feature.version1]);
    const drivers = this.#zones.queues.slice(0, count).map((layout, queue) => {
      const driver = new Driver(this.#memory, layout);
      this.#guest.enableQueueAt(queue, layout);
      return driver;
    });
    this.#guest.driverOk();
    return drivers;
  }

  /** The next answer. @param meanwhile is called again and again */
  async #answered(driver: Driver, meanwhile: () => void = () => {}) {
    const start = performance.now();
    for (;;) {
      await this.#halt();
      meanwhile();
      const used = driver.collectUsed();
      if (used.length > 0) return used;
      if (performance.now() - start > LONGEST_ANSWER) throw new Error('an honest driver waits');
    }
  }

  #header(type: number): Segment {
    const header = new Uint8Array(16);
    header[0] = type;
    header[8] = 3; // the sector
    return this.#buffer(header);
  }

  #buffer(content: Uint8Array): Segment {
    const segment = this.#space(content.length);
    this.#memory.copyIn(segment.address, content, 0, content.length);
    return segment;
  }

  /** An empty buffer that nobody else uses. */
  #space(length: number): Segment {
    const segment = { address: this.#allocated, length };
    this.#allocated += length;
    this.#memory.fill(segment.address, 0xee, length);
    return segment;
  }

  #contents({ address, length }: Segment): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#memory.copyOut(address, bytes, 0, length);
    return bytes;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function expectEqual(actual: string | number, expected: string | number): void {
  if (actual !== expected) throw new Error(`an honest driver got ${actual}, not ${expected}`);
}
