import { beforeEach, describe, expect, test } from 'vitest';
import type { DeviceControl } from '../../../../src/machine/inspector/device-control.ts';
import { Feature } from '../../../../src/transport/features.ts';
import type { Driver, Segment } from '../../../support/driver.ts';
import { Noise } from '../../../support/noise.ts';
import { InspectedRig, PLACE } from './inspected-rig.ts';

const FEATURES = [Feature.version1, Feature.eventIndex, Feature.ringReset];

let rig: InspectedRig;
let driver: Driver;
let control: DeviceControl;

beforeEach(() => {
  rig = new InspectedRig();
  driver = rig.start(FEATURES, 16);
  control = rig.inspector.control(PLACE)!;
});

/** Holds the device. The worker hears of it meanwhile. */
async function hold(): Promise<void> {
  const holding = control.hold();
  rig.poll();
  await holding;
}

/** Makes `count` chains available and notifies. @returns their heads and where the answers will be */
function ask(count: number): { head: number; answer: Segment }[] {
  const asked = Array.from({ length: count }, () => {
    const answer = rig.space(4);
    return { head: driver.add([rig.buffer('echo')], [answer]), answer };
  });
  rig.notify(0);
  return asked;
}

function states(): string[] {
  return rig.inspector.queue(PLACE, 0)!.inFlight.map(({ head, state }) => `${head} ${state}`);
}

describe('a device that is held', () => {
  test('takes nothing and publishes nothing until it is released; then nothing is lost', async () => {
    await hold();
    const asked = ask(3);
    rig.pump();
    expect(states()).toEqual(asked.map(({ head }) => `${head} notified`));
    expect([rig.interrupted, driver.usedIndex]).toEqual([false, 0]);
    expect(rig.inspector.device(PLACE)).toMatchObject({ held: true });
    control.release();
    rig.pump();
    expect(driver.collectUsed().map(({ id }) => id)).toEqual(asked.map(({ head }) => head));
    expect(asked.map(({ answer }) => rig.text(answer))).toEqual(['echo', 'echo', 'echo']);
    expect(rig.interrupted).toBe(true);
  });

  test('keeps what was asked of a sync point to itself', async () => {
    ask(1);
    rig.poll();
    await hold();
    rig.pump();
    expect(driver.usedIndex).toBe(0);
    control.release();
    rig.pump();
    expect(driver.usedIndex).toBe(1);
  });

  test('takes one chain, and publishes one element after its sync point', async () => {
    await hold();
    const [first, second] = ask(2);
    expect(await control.take()).toEqual({ queue: 0, index: 0, head: first.head });
    expect(states()).toEqual([`${first.head} served`, `${second.head} notified`]);
    expect([driver.usedIndex, rig.text(first.answer)]).toEqual([0, 'echo']);
    expect(await control.take(0)).toMatchObject({ index: 1, head: second.head });
    expect(await control.take()).toBeNull();
    rig.dropped.length = 0;
    expect(await control.publish()).toEqual({ queue: 0, index: 0, head: first.head });
    expect(driver.usedIndex).toBe(1);
    // The sync rule: code of what was written was dropped before.
    expect(rig.dropped).toEqual([first.answer, second.answer]);
    expect(await control.publish(0)).toMatchObject({ index: 1, head: second.head });
    expect(await control.publish()).toBeNull();
    expect(driver.collectUsed()).toHaveLength(2);
  });

  test('waits for its sync point, however often its worker looks', async () => {
    await hold();
    ask(1);
    await control.take();
    const step = rig.runtime.publishOne(null);
    for (let look = 0; look < 5; look++) rig.poll();
    expect(driver.usedIndex).toBe(0);
    rig.syncPoint();
    rig.poll();
    expect(driver.usedIndex).toBe(1);
    expect(await step).toEqual({ queue: 0, index: 0 });
  });

  test('steps the queue that is asked for', async () => {
    const other = rig.enableQueue(1, 8);
    rig.pump();
    await hold();
    ask(1);
    const head = other.add([rig.buffer('other')]);
    rig.notify(1);
    expect(await control.take(1)).toEqual({ queue: 1, index: 0, head });
    expect(await control.publish(0)).toBeNull();
    expect(await control.publish()).toMatchObject({ queue: 1 });
    expect([driver.usedIndex, other.usedIndex]).toEqual([0, 1]);
  });

  test('is reset all the same, serves nothing of before, and is still held', async () => {
    await hold();
    ask(2);
    await control.take();
    rig.reset();
    expect(states()).toEqual([]);
    driver = rig.start(FEATURES, 8);
    const [{ head }] = ask(1);
    rig.pump();
    expect([control.held, driver.usedIndex]).toEqual([true, 0]);
    expect(await control.take()).toMatchObject({ head, index: 0 });
    expect(await control.publish()).toMatchObject({ head, index: 0 });
  });

  test('whose step waits for a sync point when a reset comes does nothing', async () => {
    await hold();
    ask(1);
    await control.take();
    const step = rig.runtime.publishOne(null);
    rig.poll();
    rig.reset();
    rig.poll();
    expect(await step).toBeNull();
  });

  test('that is released in the middle of a step publishes all', async () => {
    await hold();
    ask(2);
    await control.take();
    const step = rig.runtime.publishOne(null);
    rig.poll();
    control.release();
    rig.pump();
    expect(await step).toBeNull();
    expect(driver.usedIndex).toBe(2);
  });

  test('takes no step while the machine is paused, and none when it is not held', async () => {
    await expect(control.take()).rejects.toMatchObject({ code: 'not-held' });
    await hold();
    ask(1);
    const pausing = rig.link.pause();
    rig.poll();
    await pausing;
    await expect(control.publish()).rejects.toMatchObject({ code: 'wrong-state' });
    expect(rig.runtime.takeOne(null)).toBeNull();
    rig.link.resume();
    rig.pump();
    expect([control.held, driver.usedIndex]).toEqual([true, 0]);
  });

  test('hears what its driver writes to the configuration space', async () => {
    await hold();
    rig.write(0x100, 4, 7);
    rig.poll();
    expect(rig.device.calls).toContain('write 0 4 7');
  });

  test('tells of the mistake that a step finds', async () => {
    await hold();
    driver.makeAvailable(99);
    rig.notify(0);
    expect(await control.take()).toBeNull();
    expect(rig.inspector.device(PLACE)).toMatchObject({ needsReset: true });
  });
});

describe('interrupts that are withheld', () => {
  test('are told when they are delivered, and no more than once', () => {
    control.withholdInterrupts = true;
    ask(1);
    rig.pump();
    rig.changeConfiguration(0, [1]);
    rig.syncPoint();
    expect(driver.usedIndex).toBe(1);
    expect(rig.interrupted).toBe(false);
    expect(rig.inspector.device(PLACE)).toMatchObject({ interruptsWithheld: true, withheldIsr: 3 });
    control.deliver();
    rig.syncPoint();
    expect([rig.interrupted, rig.readIsr()]).toEqual([true, 3]);
    control.deliver();
    rig.syncPoint();
    expect(rig.interrupted).toBe(false);
    driver.usedEvent = driver.usedIndex;
    ask(1);
    rig.pump();
    expect(rig.interrupted).toBe(false);
    control.release();
    rig.syncPoint();
    expect([rig.interrupted, rig.readIsr()]).toEqual([true, 1]);
  });

  test('are forgotten at a reset', () => {
    control.withholdInterrupts = true;
    ask(1);
    rig.pump();
    rig.reset();
    control.withholdInterrupts = false;
    rig.pump();
    expect([rig.interrupted, rig.inspector.device(PLACE)?.withheldIsr]).toEqual([false, 0]);
  });
});

test('whatever is held, stepped and released when: both rules hold, and nothing is lost', async () => {
  const noise = new Noise(23);
  const buffers = Array.from({ length: 16 }, () => rig.space(4));
  const question = rig.buffer('echo');
  const asked = new Map<number, Segment>();
  let answered = 0;
  let dropped: Segment[] = [];
  rig.onDrop = (range) => dropped.push(range);
  const covers = ({ address, length }: Segment) =>
    dropped.some((range) => {
      return range.address <= address && address + length <= range.address + range.length;
    });
  const collect = () => {
    for (const { id } of driver.collectUsed()) {
      const answer = asked.get(id)!;
      expect(rig.text(answer)).toBe('echo');
      expect(covers(answer), 'code of a visible answer was dropped').toBe(true);
      rig.memory.fill(answer.address, 0, answer.length);
      dropped = dropped.filter(({ address }) => address !== answer.address);
      asked.delete(id);
      buffers.push(answer);
      answered++;
    }
  };
  const expectStill = async (action: () => unknown) => {
    const before = driver.usedIndex;
    await action();
    if (control.held) expect(driver.usedIndex).toBe(before);
  };
  const steps: (() => unknown)[] = [
    () => {
      const answer = driver.freeDescriptors >= 2 ? buffers.pop() : undefined;
      if (answer !== undefined) asked.set(driver.add([question], [answer]), answer);
    },
    () => expectStill(() => rig.notify(0)),
    () => expectStill(() => rig.pump()),
    () => (control.held ? expectStill(() => control.take()) : undefined),
    async () => {
      if (!control.held) return;
      const before = driver.usedIndex;
      const step = await control.publish();
      expect((driver.usedIndex - before) & 0xffff).toBe(step === null ? 0 : 1);
    },
    () => hold(),
    () => control.release(),
    () => {
      control.withholdInterrupts = noise.next() % 2 === 0;
    },
    () => control.deliver(),
    () => {
      rig.readIsr();
      driver.usedEvent = driver.usedIndex;
      collect();
    },
  ];
  for (let step = 0; step < 4000; step++) await steps[noise.next() % steps.length]();
  control.release();
  rig.notify(0);
  rig.pump();
  collect();
  expect(asked.size).toBe(0);
  expect(answered).toBeGreaterThan(200);
  // The last word is the driver's: it hears of what comes when it wants to.
  rig.readIsr();
  driver.usedEvent = driver.usedIndex;
  ask(1);
  rig.pump();
  expect(rig.interrupted).toBe(true);
});
