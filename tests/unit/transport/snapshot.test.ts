import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Feature } from '../../../src/transport/features.ts';
import type { Driver, Segment } from '../../support/driver.ts';
import { Common, DEVICE_CONFIGURATION, ISR_QUEUE, Rig } from './rig.ts';

const FEATURES = [
  Feature.version1,
  Feature.eventIndex,
  Feature.indirectDescriptors,
  Feature.ringReset,
];
const OPTIONS = { queueSizes: [8, 8] };
const QUEUES = [0, 1];

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      queue: fc.nat(1),
      indirect: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'poll' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'sync point' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('serve' as const), which: fc.nat(7) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'interrupt handler' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'snapshot' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A driver with two queues, and a device that takes chains and serves them when it is told to. */
class Run {
  rig = new Rig(OPTIONS);
  readonly #drivers: Driver[];
  readonly #asked = new Map<string, { text: string; answer: Segment }>();
  #count = 0;

  constructor() {
    this.rig.device.holding = true;
    this.rig.negotiate(FEATURES);
    this.#drivers = QUEUES.map((queue) => this.rig.enableQueue(queue));
    this.rig.driverOk();
    this.rig.pump();
  }

  async take(next: Step): Promise<void> {
    if (next.do === 'add') this.#add(next.queue, next.indirect);
    if (next.do === 'poll') this.rig.poll();
    if (next.do === 'sync point') this.rig.syncPoint();
    if (next.do === 'serve') this.#serve(next.which);
    if (next.do === 'interrupt handler') this.#handleInterrupt();
    if (next.do === 'snapshot') {
      this.rig = await this.rig.restored(OPTIONS);
      this.rig.device.holding = true;
    }
  }

  /** Nothing is left to be done. @returns chains that never came back */
  finish(): number {
    this.rig.device.holding = false;
    do {
      this.rig.pump();
      while (this.rig.device.held.length > 0) this.rig.device.release(0);
      this.rig.pump();
      this.#handleInterrupt();
    } while (this.rig.interrupted || this.rig.device.held.length > 0);
    return this.#asked.size;
  }

  #add(queue: number, indirect: boolean): void {
    const driver = this.#drivers[queue];
    if (driver.freeDescriptors < 2) return;
    const text = `request ${this.#count++}`;
    const answer = this.rig.space(16);
    const id = driver.add([this.rig.buffer(text)], [answer], { indirect });
    this.#asked.set(`${queue} ${id}`, { text, answer });
    this.rig.notify(queue);
  }

  #serve(which: number): void {
    const { held } = this.rig.device;
    if (held.length > 0) this.rig.device.release(which % held.length);
  }

  #handleInterrupt(): void {
    if (!this.rig.interrupted) return;
    if ((this.rig.readIsr() & ISR_QUEUE) === 0) return;
    for (const queue of QUEUES) this.#collect(queue);
  }

  #collect(queue: number): void {
    const driver = this.#drivers[queue];
    let used = driver.collectUsed();
    while (used.length > 0) {
      for (const { id, len } of used) {
        const request = this.#asked.get(`${queue} ${id}`);
        if (request === undefined) throw new Error(`queue ${queue} gave back ${id}`);
        this.#asked.delete(`${queue} ${id}`);
        const text = this.rig.text(request.answer).slice(0, len);
        if (text !== request.text) throw new Error(`${request.text} was answered by ${text}`);
      }
      driver.usedEvent = driver.collectedIndex;
      used = driver.collectUsed();
    }
  }
}

test('requests in any state of their way come back once and answered, and no interrupt is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const run = new Run();
      for (const next of steps) await run.take(next);
      expect(run.finish()).toBe(0);
      run.rig.ram.checkCanaries();
    }),
    { numRuns: 500 },
  );
});

test('a driver finds every register, its features and its configuration as they were', async () => {
  const options = {
    ...OPTIONS,
    features: [5, 6],
    driverFlags: [{ offset: 3, feature: 5, setWith: 6 }],
  };
  const rig = new Rig(options);
  rig.negotiate([...FEATURES, 5, 6]);
  rig.enableQueue(0);
  rig.driverOk();
  rig.pump();
  rig.write(DEVICE_CONFIGURATION + 3, 1, 0);
  rig.changeConfiguration(4, [1, 2, 3, 4]);
  rig.pump();
  rig.write(Common.queueReset, 2, 1);
  rig.select(1);
  const registers = (of: Rig) =>
    Array.from({ length: 0x40 }, (_, offset) => of.read(offset, 1)).concat(
      Array.from({ length: 16 }, (_, offset) => of.read(DEVICE_CONFIGURATION + offset, 1)),
      Array.from({ length: 64 }, (_, register) => of.readConfig(4 * register, 4)),
    );
  const restored = await rig.restored(options);
  expect(registers(restored)).toEqual(registers(rig));
  expect(restored.interrupted).toBe(true);
  // The flag is the driver's, which it may set again: it goes on with what it has agreed on.
  restored.write(DEVICE_CONFIGURATION + 3, 1, 1);
  expect(restored.read(DEVICE_CONFIGURATION + 3, 1)).toBe(1);
  restored.reset();
  expect(restored.interrupted).toBe(false);
});

test('a device that needs a reset, and interrupts that were withheld, are carried over', async () => {
  const rig = new Rig(OPTIONS);
  const driver = rig.start(FEATURES);
  rig.link.withholdInterrupts = true;
  driver.add([rig.buffer('a')], [rig.space(4)]);
  rig.notify(0);
  rig.pump();
  expect(rig.interrupted).toBe(false);
  const told = await rig.restored(OPTIONS);
  told.pump();
  expect(told.readIsr() & ISR_QUEUE).toBe(ISR_QUEUE);
  told.fail();
  const failed = await told.restored(OPTIONS);
  expect(failed.status & 64).toBe(64);
  failed.pump();
  expect(failed.interrupted).toBe(true);
});
