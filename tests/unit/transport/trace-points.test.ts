import { expect, test } from 'vitest';
import { DeviceTrace } from '../../../src/trace/device-trace.ts';
import { NO_QUEUE } from '../../../src/trace/events.ts';
import { TraceRecords } from '../../../src/trace/records.ts';
import { TraceRing } from '../../../src/trace/ring.ts';
import { Feature, Status } from '../../../src/transport/features.ts';
import { eventsOf } from '../trace/trace-events.ts';
import { Rig } from './rig.ts';

/** A rig both of whose sides write into one ring: the order of what is told is that of what happened. */
class TracedRig extends Rig {
  readonly #ring = TraceRing.create(1024);
  #next = 0;

  /** Opens the trace. */
  trace(): void {
    const trace = new DeviceTrace(this.#ring, 5);
    this.link.trace = trace;
    this.runtime.traceTo(trace);
  }

  /** What happened since the last call, without what is 0: queue, index, head, length, value. */
  told(): string[] {
    const records = new TraceRecords();
    this.#next = this.#ring.read(this.#next, 0, records).next;
    return eventsOf(records).map(({ kind, queue, index, head, length, value }) => {
      const numbers = { queue, index, head, length, value };
      const parts = Object.entries(numbers).filter(([, number]) => number !== 0);
      const words = parts.filter(([, number]) => number !== NO_QUEUE).map((part) => part.join(' '));
      return [kind, ...words].join(', ');
    });
  }
}

test('a request is told from its doorbell to the ISR, with its numbers', () => {
  const rig = new TracedRig();
  const driver = rig.start();
  rig.trace();
  driver.add([rig.buffer('first')], [rig.space(9)]);
  const head = driver.add([rig.buffer('hello')], [rig.space(3), rig.space(6)]);
  rig.notify(0);
  rig.pump();
  rig.readIsr();
  expect(rig.told()).toEqual([
    'doorbell, index 2',
    'taken, length 5, value 9',
    'served, length 5',
    `taken, index 1, head ${head}, length 5, value 9`,
    `served, index 1, head ${head}, length 5`,
    'sync asked, index 1, value 3',
    'attention',
    'sync point, index 1, length 18',
    'published, index 2',
    'attention',
    'interrupt, index 2',
    'ISR read, value 1',
  ]);
});

test('a driver that does not want to hear of it is told of as such', () => {
  const rig = new TracedRig();
  const driver = rig.start();
  driver.availableFlags = 1;
  rig.trace();
  driver.add([rig.buffer('quiet')]);
  rig.notify(0);
  rig.pump();
  expect(rig.told()).toContain('suppressed, index 1');
  rig.changeConfiguration(0, [1]);
  rig.syncPoint();
  expect(rig.told()).toEqual(['attention', 'interrupt']);
});

test('the life of a device is told: status, queues, resets, faults, pauses', async () => {
  const rig = new TracedRig();
  rig.trace();
  rig.start([Feature.version1, Feature.ringReset], 8);
  expect(rig.told()).toEqual([
    'status, value 1',
    'status, value 3',
    'status, value 11',
    `status, value ${Status.acknowledge | Status.driver | Status.featuresOk | Status.driverOk}`,
    'queue enabled, index 8',
    'doorbell',
    'reset done',
    'attention',
  ]);
  rig.fail();
  rig.syncPoint();
  expect(rig.told()).toEqual(['needs reset', 'attention']);
  rig.reset();
  expect(rig.told().slice(0, 2)).toEqual(['reset', 'reset done']);
  const pausing = rig.link.pause();
  rig.poll();
  await pausing;
  rig.link.resume();
  expect(rig.told()).toEqual(['paused', 'resumed']);
});

test('a trace that is closed is told nothing', () => {
  const rig = new TracedRig();
  const driver = rig.start();
  rig.trace();
  rig.link.trace = null;
  rig.runtime.traceTo(null);
  driver.add([rig.buffer('hello')]);
  rig.notify(0);
  rig.pump();
  expect(rig.told()).toEqual([]);
});
