import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QueueNotifications } from '../../../src/ring/notifications.ts';
import { Driver, layoutAt } from '../../support/driver.ts';
import { CanaryMemory } from '../../support/harness.ts';

let ram: CanaryMemory;
let driver: Driver;
let plain: QueueNotifications;
let eventIndex: QueueNotifications;

beforeEach(() => {
  ram = new CanaryMemory(64 * 1024);
  driver = new Driver(ram.memory, layoutAt(0, 16));
  plain = new QueueNotifications(ram.memory, driver.layout, false);
  eventIndex = new QueueNotifications(ram.memory, driver.layout, true);
});

afterEach(() => ram.checkCanaries());

test('availableIndex is the idx of the available ring', () => {
  for (const index of [0, 1, 0x1234, 0xffff]) {
    ram.memory.write16(driver.layout.availableRing + 2, index);
    expect(plain.availableIndex()).toBe(index);
    expect(eventIndex.availableIndex()).toBe(index);
  }
});

describe('without VIRTIO_F_EVENT_IDX', () => {
  test('flags 1 suppresses the notification (SPLIT-007)', () => {
    driver.availableFlags = 1;
    expect(plain.wantsUsedNotification(0, 1)).toBe(false);
  });

  test('flags 0 asks for it, whatever used_event says (SPLIT-006, SPLIT-008)', () => {
    for (const usedEvent of [0, 1, 40, 0xffff]) {
      driver.usedEvent = usedEvent;
      expect(plain.wantsUsedNotification(0, 1)).toBe(true);
      expect(plain.wantsUsedNotification(0xffff, 3)).toBe(true);
    }
  });

  test('only the lowest bit of flags counts', () => {
    driver.availableFlags = 0xfffe;
    expect(plain.wantsUsedNotification(0, 1)).toBe(true);
    driver.availableFlags = 0xffff;
    expect(plain.wantsUsedNotification(0, 1)).toBe(false);
  });

  test('requestNotification sets flags to 0 and writes nothing else (SPLIT-014)', () => {
    ram.bytes.fill(0xff);
    plain.requestNotification(5);
    const changed = [...ram.bytes.keys()].filter((at) => ram.bytes[at] !== 0xff);
    expect(changed).toEqual([driver.layout.usedRing, driver.layout.usedRing + 1]);
    expect(driver.usedFlags).toBe(0);
  });
});

describe('with VIRTIO_F_EVENT_IDX', () => {
  test('the lower bit of flags is ignored (SPLIT-009)', () => {
    driver.usedEvent = 0;
    for (const flags of [0, 1]) {
      driver.availableFlags = flags;
      expect(eventIndex.wantsUsedNotification(0, 1)).toBe(true);
    }
  });

  test('the element at used_event notifies, its neighbours do not (SPLIT-010, SPLIT-011)', () => {
    for (const event of [0, 1, 7, 0x7fff, 0x8000, 0xfffe, 0xffff]) {
      driver.usedEvent = event;
      const one = (index: number) =>
        eventIndex.wantsUsedNotification(index & 0xffff, (index + 1) & 0xffff);
      expect(one(event)).toBe(true);
      expect(one(event - 1)).toBe(false);
      expect(one(event + 1)).toBe(false);
    }
  });

  test('nothing new, nothing to tell', () => {
    for (const index of [0, 5, 0xffff]) {
      driver.usedEvent = index;
      expect(eventIndex.wantsUsedNotification(index, index)).toBe(false);
    }
  });

  test('any batch, over any wrap, agrees with looking at each element', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(32768),
        fc.oneof(fc.nat(0xffff), fc.integer({ min: -3, max: 3 })),
        fc.boolean(),
        (from, count, event, nearEnd) => {
          // Half of the small offsets lie around the end of the batch, half around its start.
          const base = nearEnd ? from + count : from;
          const usedEvent = (base + event) & 0xffff;
          driver.usedEvent = usedEvent;
          let expected = false;
          for (let element = 0; element < count; element++) {
            if (((from + element) & 0xffff) === usedEvent) expected = true;
          }
          const to = (from + count) & 0xffff;
          expect(eventIndex.wantsUsedNotification(from, to)).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('requestNotification writes avail_event and sets flags to 0 (SPLIT-015)', () => {
    for (const index of [0, 1, 0x1234, 0xffff, 0x10002]) {
      ram.bytes.fill(0xff);
      eventIndex.requestNotification(index);
      expect(driver.usedFlags).toBe(0);
      expect(driver.availEvent).toBe(index & 0xffff);
      ram.memory.write16(driver.layout.usedRing, 0xffff);
      ram.memory.write16(driver.layout.usedRing + 4 + 8 * 16, 0xffff);
      expect(ram.bytes.every((byte) => byte === 0xff)).toBe(true);
    }
  });
});
