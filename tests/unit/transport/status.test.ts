import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Feature, Status } from '../../../src/transport/features.ts';
import { Common, ISR_CONFIGURATION, ISR_QUEUE, Rig } from './rig.ts';

const READY = Status.acknowledge | Status.driver | Status.featuresOk;
const RUNNING = READY | Status.driverOk;

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  rig.ram.checkCanaries();
  vi.restoreAllMocks();
});

describe('device_status', () => {
  test('goes up as the driver writes it', () => {
    expect(rig.status).toBe(0);
    rig.negotiate();
    expect(rig.status).toBe(READY);
    rig.driverOk();
    expect(rig.status).toBe(RUNNING);
  });

  test('does not lose bits that the driver leaves out', () => {
    rig.negotiate();
    rig.driverOk();
    rig.status = Status.acknowledge;
    expect(rig.status).toBe(RUNNING);
    rig.status = Status.failed;
    expect(rig.status).toBe(RUNNING | Status.failed);
  });

  test('has no DRIVER_OK without FEATURES_OK', () => {
    rig.status = Status.acknowledge | Status.driver | Status.driverOk;
    expect(rig.status).toBe(Status.acknowledge | Status.driver);
    const driver = rig.enableQueue(0);
    driver.add([rig.buffer('never')]);
    rig.notify(0);
    rig.pump();
    expect(rig.device.taken).toBe(0);
  });

  test('has no DRIVER_OK when FEATURES_OK is refused in the same write', () => {
    rig.status = RUNNING;
    expect(rig.status).toBe(Status.acknowledge | Status.driver);
  });

  test('takes only bits that are the driver’s: not DEVICE_NEEDS_RESET, not SUSPEND (BASIC-014)', () => {
    rig.status = 0xff & ~Status.featuresOk;
    expect(rig.status).toBe(Status.acknowledge | Status.driver | Status.failed);
  });

  test('is written only by bytes', () => {
    rig.write(Common.deviceStatus, 2, 0x0101);
    rig.write(Common.deviceStatus, 4, 0x01010101);
    expect(rig.status).toBe(0);
    rig.status = Status.acknowledge;
    rig.write(Common.deviceStatus, 2, 0);
    expect(rig.status).toBe(Status.acknowledge);
  });
});

describe('a reset', () => {
  test('is done when the worker has let go, and reads as not done until then (PCI-014, BASIC-008)', () => {
    rig.start();
    rig.status = 0;
    expect(rig.status).not.toBe(0);
    expect(rig.device.calls).not.toContain('reset');
    rig.poll();
    expect(rig.device.calls).toContain('reset');
    expect(rig.status).toBe(0);
  });

  test('that is not done reads as not done also when nothing had been set (PCI-014)', () => {
    rig.status = 0;
    expect(rig.status).not.toBe(0);
    rig.poll();
    expect(rig.status).toBe(0);
    rig.status = Status.acknowledge;
    expect(rig.status).toBe(Status.acknowledge);
  });

  test('need not be waited for: what is set up meanwhile takes effect when it is done', () => {
    for (let life = 0; life < 2; life++) {
      rig.start();
      // As SeaBIOS does, which looks at nothing but the used ring from here on.
      rig.status = 0;
      rig.negotiate();
      const driver = rig.enableQueue(0);
      const answer = rig.space(4);
      driver.add([rig.buffer('soon')], [answer]);
      rig.status = RUNNING;
      rig.notify(0);
      expect(rig.device.taken).toBe(life);
      rig.pump();
      expect(driver.collectUsed()).toHaveLength(1);
      expect(rig.text(answer)).toBe('soon');
      expect(rig.interrupted).toBe(true);
      rig.reset();
    }
  });

  test('hands no queue and no feature to a worker that is still in the life before', () => {
    rig.start([Feature.version1, Feature.eventIndex]);
    rig.status = 0;
    rig.negotiate([Feature.version1]);
    rig.enableQueue(0);
    rig.status = RUNNING;
    expect(rig.runtime.hasFeature(Feature.eventIndex)).toBe(true);
    expect(rig.runtime.driverOk).toBe(false);
    rig.poll();
    rig.syncPoint();
    expect(rig.runtime.hasFeature(Feature.eventIndex)).toBe(false);
    expect(rig.runtime.driverOk).toBe(true);
    expect(rig.status).toBe(RUNNING);
  });

  test('that is asked for twice, even after some work, is one', () => {
    rig.negotiate();
    rig.status = 0;
    rig.status = Status.acknowledge;
    rig.select(1);
    rig.status = 0;
    rig.poll();
    expect(rig.status).toBe(0);
    expect(rig.read(Common.queueSelect, 2)).toBe(0);
  });

  test('puts every register back (PCI-015, PCI-016)', () => {
    const fresh = new Rig();
    rig.start([Feature.version1, Feature.ringReset, Feature.eventIndex]);
    rig.write(Common.deviceFeatureSelect, 4, 1);
    rig.write(Common.driverFeatureSelect, 4, 1);
    rig.reset();
    for (const queue of [0, 1, 2]) {
      rig.select(queue);
      fresh.select(queue);
      for (let offset = 0; offset < 0x40; offset += 4) {
        expect([offset, rig.read(offset, 4)]).toEqual([offset, fresh.read(offset, 4)]);
      }
    }
  });

  test('takes a pending interrupt back (BASIC-009)', () => {
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    rig.pump();
    expect(rig.interrupted).toBe(true);
    rig.status = 0;
    expect(rig.interrupted).toBe(false);
    rig.poll();
    expect(rig.readIsr()).toBe(0);
  });

  test('leaves no interrupt behind from what the device said while it went on (BASIC-009)', () => {
    rig.start();
    rig.status = 0;
    rig.changeConfiguration(0, [1]);
    rig.fail();
    rig.syncPoint();
    expect(rig.interrupted).toBe(false);
    rig.poll();
    rig.syncPoint();
    expect(rig.status).toBe(0);
    expect(rig.readIsr()).toBe(0);
    expect(rig.interrupted).toBe(false);
  });

  test('forgets chains that were taken: they are never used, nothing is interrupted (BASIC-009)', () => {
    rig.device.holding = true;
    const driver = rig.start();
    const answer = rig.space(4);
    driver.add([rig.buffer('old')], [answer]);
    rig.notify(0);
    rig.pump();
    expect(rig.device.held).toHaveLength(1);
    rig.reset();
    rig.device.release(0);
    rig.pump();
    expect(driver.usedIndex).toBe(0);
    expect(rig.interrupted).toBe(false);
  });

  test('leaves no queue behind that the worker had not seen yet (BASIC-009)', () => {
    rig.negotiate();
    const driver = rig.enableQueue(0);
    driver.add([rig.buffer('old')]);
    rig.driverOk();
    // The driver thinks better of it before the worker has looked even once.
    rig.reset();
    rig.negotiate();
    rig.enableQueue(1);
    rig.driverOk();
    rig.pump();
    expect(rig.device.taken).toBe(0);
    expect(driver.usedIndex).toBe(0);
  });

  test('is followed by a life like the first', () => {
    for (let life = 0; life < 3; life++) {
      const driver = rig.start();
      const answer = rig.space(5);
      driver.add([rig.buffer('again')], [answer]);
      rig.notify(0);
      rig.pump();
      expect(driver.collectUsed()).toHaveLength(1);
      expect(rig.text(answer)).toBe('again');
      expect(rig.readIsr()).toBe(ISR_QUEUE);
      rig.reset();
    }
  });

  test('by power-on is the same, whatever the driver has set', async () => {
    rig.start();
    rig.changeConfiguration(0, [1]);
    rig.syncPoint();
    expect(rig.interrupted).toBe(true);
    rig.pci.reset();
    expect(rig.interrupted).toBe(false);
    const done = rig.link.untilReset();
    rig.poll();
    await done;
    expect(rig.status).toBe(0);
  });
});

describe('DEVICE_NEEDS_RESET', () => {
  test('shows in the status and brings a configuration interrupt (BASIC-002, BASIC-003)', () => {
    rig.start();
    rig.fail();
    expect(rig.status).toBe(RUNNING | Status.deviceNeedsReset);
    rig.syncPoint();
    expect(rig.interrupted).toBe(true);
    expect(rig.readIsr()).toBe(ISR_CONFIGURATION);
  });

  test('interrupts once', () => {
    rig.start();
    rig.fail();
    rig.syncPoint();
    rig.readIsr();
    rig.pump();
    rig.attention.request(5);
    rig.syncPoint();
    expect(rig.readIsr()).toBe(0);
  });

  test('before DRIVER_OK does not interrupt', () => {
    rig.negotiate();
    rig.fail();
    rig.syncPoint();
    expect(rig.status).toBe(READY | Status.deviceNeedsReset);
    expect(rig.interrupted).toBe(false);
  });

  test('is answered to a driver’s mistake, each time it makes it (BASIC-002, BASIC-003)', () => {
    for (let life = 0; life < 3; life++) {
      rig.negotiate();
      rig.describeQueue(0, { queueSize: 8, descriptorTable: 8, availableRing: 0, usedRing: 0 });
      rig.write(Common.queueEnable, 2, 1);
      rig.driverOk();
      rig.pump();
      expect(rig.status).toBe(RUNNING | Status.deviceNeedsReset);
      expect(rig.readIsr()).toBe(ISR_CONFIGURATION);
      rig.reset();
    }
  });

  test('ends with a reset, and the device serves again', () => {
    rig.start();
    rig.fail();
    rig.pump();
    rig.reset();
    const driver = rig.start();
    driver.add([rig.buffer('x')]);
    rig.notify(0);
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(1);
    expect(rig.status).toBe(RUNNING);
  });
});

describe('a worker that has died', () => {
  test('is told to the driver like any failure (BASIC-002, BASIC-003)', () => {
    rig.start();
    rig.die();
    expect(rig.status).toBe(RUNNING | Status.deviceNeedsReset);
    expect(rig.interrupted).toBe(true);
    expect(rig.readIsr()).toBe(ISR_CONFIGURATION);
  });

  test('does not keep the driver waiting for a reset, but never starts again', () => {
    rig.start();
    rig.die();
    rig.status = 0;
    expect(rig.status).toBe(0);
    expect(rig.interrupted).toBe(false);
    expect(() => rig.negotiate()).toThrow('refused');
    expect(rig.status & Status.driverOk).toBe(0);
  });

  test('ends a reset that was going on', async () => {
    rig.start();
    rig.status = 0;
    const done = rig.link.untilReset();
    rig.link.declareDead();
    await done;
    expect(rig.status).toBe(0);
  });

  test('ends a queue reset that was going on', () => {
    rig.start([Feature.version1, Feature.ringReset]);
    rig.select(0);
    rig.write(Common.queueReset, 2, 1);
    rig.die();
    expect(rig.read(Common.queueReset, 2)).toBe(0);
  });

  test('costs the guest no time: nothing waits for it', () => {
    rig.start([Feature.version1, Feature.ringReset]);
    rig.die();
    let looks = 0;
    rig.meanwhile(() => looks++);
    for (let count = 0; count < 20; count++) {
      rig.notify(0);
      rig.write(0x100, 1, count);
    }
    rig.select(0);
    rig.write(Common.queueReset, 2, 1);
    rig.status = 0;
    expect(looks).toBeLessThan(20 * 50);
    expect(rig.link.busy).toBe(false);
  });
});

test('pausing holds the worker and lets it go on where it was', async () => {
  const driver = rig.start();
  const paused = rig.link.pause();
  rig.poll();
  await paused;
  driver.add([rig.buffer('x')]);
  rig.notify(0);
  rig.pump();
  expect(rig.device.taken).toBe(0);
  rig.link.resume();
  rig.pump();
  expect(driver.collectUsed()).toHaveLength(1);
});
