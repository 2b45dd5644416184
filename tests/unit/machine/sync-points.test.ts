import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Attention } from '../../../src/link/control-block.ts';
import { type PollingProcessor, SyncPoints } from '../../../src/machine/sync-points.ts';
import type { VirtioPciDevice } from '../../../src/transport/virtio-pci.ts';

/** Notes how often it is looked at; something may happen at each look. */
class WatchedAttention extends Attention {
  looks = 0;
  onLook: () => void = () => {};

  override peek(): number {
    this.looks++;
    this.onLook();
    return super.peek();
  }
}

/** A CPU whose slice ends when it is told to. */
class PollingGuest implements PollingProcessor {
  interruptsOff = false;
  endedEarly = false;

  endSlice(): void {
    this.endedEarly = true;
  }
}

let attention: WatchedAttention;
let polled: Set<number>;
let processor: PollingGuest;
let served: number[];
let onServe: (index: number) => void;
let busy: Set<number>;
let undecided: Set<number>;
let places: (VirtioPciDevice | undefined)[];
let points: SyncPoints;

beforeEach(() => {
  attention = new WatchedAttention(new SharedArrayBuffer(Attention.byteLength));
  served = [];
  onServe = () => {};
  busy = new Set();
  undecided = new Set();
  polled = new Set();
  processor = new PollingGuest();
  const devices = Array.from({ length: 31 }, (_, index) => ({
    serviceAtSyncPoint: () => {
      served.push(index);
      onServe(index);
    },
    link: {
      get busy() {
        return busy.has(index);
      },
      get isPolled() {
        return polled.has(index);
      },
      get undecided() {
        return undecided.has(index);
      },
    },
  }));
  places = devices as unknown as (VirtioPciDevice | undefined)[];
  points = new SyncPoints(attention, places, processor);
});

afterEach(() => vi.restoreAllMocks());

describe('at a sync point', () => {
  test('the devices that ask are served, and no others', () => {
    for (const index of [0, 7, 30]) attention.request(index);
    points.pass(false);
    expect(served).toEqual([0, 7, 30]);
    expect(attention.peek()).toBe(0);
    points.pass(false);
    expect(served).toHaveLength(3);
  });

  test('what a device has asked for that is gone is forgotten', () => {
    places[7] = undefined;
    for (const index of [7, 9]) attention.request(index);
    points.pass(false);
    expect(served).toEqual([9]);
    expect(attention.peek()).toBe(0);
    points.pass(true);
  });

  test('a device that asks again meanwhile is served once more', () => {
    attention.request(4);
    onServe = () => {
      if (served.length === 1) attention.request(4);
    };
    points.pass(false);
    expect(served).toEqual([4, 4]);
  });

  test('one that never stops asking does not keep the guest from going on', () => {
    attention.request(4);
    onServe = () => attention.request(4);
    points.pass(false);
    expect(served.length).toBeLessThan(5);
    expect(attention.peek()).not.toBe(0); // it is not forgotten either
  });

  test('interrupts that are undecided are seen to when the CPU takes any', () => {
    undecided.add(4);
    processor.interruptsOff = true;
    points.pass(false);
    points.pass(true);
    expect(served).toEqual([]);
    processor.interruptsOff = false;
    points.pass(false);
    points.pass(true);
    expect(served).toEqual([4, 4]);
  });

  test('a running guest with nothing to hear is looked at once', () => {
    busy.add(3);
    points.pass(false);
    expect(attention.looks).toBe(1);
  });
});

describe('while the CPU is halted', () => {
  /** A clock that goes on by 10 microseconds at each look; `late` more at once. */
  function stepClock() {
    const clock = { looks: 0, late: 0 };
    const now = () => ++clock.looks * 0.01 + clock.late;
    vi.spyOn(performance, 'now').mockImplementation(now);
    return clock;
  }

  test('nothing is waited for when no device is busy', () => {
    const clock = stepClock();
    points.pass(true);
    expect(clock.looks).toBe(0);
  });

  test('a busy device is waited for, and served when it asks', () => {
    stepClock();
    busy.add(9);
    attention.onLook = () => {
      if (attention.looks === 20) attention.request(9);
    };
    points.pass(true);
    expect(served).toEqual([9]);
  });

  /** A sync point whose wait ends without an answer. @returns how long it was, in looks at the clock */
  function waitInVain(clock: { looks: number }): number {
    const before = clock.looks;
    points.pass(true);
    return clock.looks - before;
  }

  /** The device asks `milliseconds` after the last wait has begun. */
  function answerAfter(milliseconds: number, clock: { late: number }): void {
    clock.late += milliseconds;
    attention.request(9);
    points.pass(true);
  }

  test('the wait grows while a longer one would have paid, up to a millisecond, and shrinks otherwise', () => {
    const clock = stepClock();
    busy.add(9);
    const shortest = waitInVain(clock);
    let wait = shortest;
    for (let round = 0; round < 6; round++) {
      answerAfter(0, clock);
      wait = waitInVain(clock);
    }
    expect(wait).toBeGreaterThan(90);
    expect(wait).toBeLessThan(110); // a millisecond
    for (let round = 0; round < 7; round++) {
      answerAfter(5, clock);
      wait = waitInVain(clock);
    }
    expect(wait).toBe(shortest);
  });

  test('the wait grows when it has paid', () => {
    const clock = stepClock();
    busy.add(9);
    attention.onLook = () => {
      if (attention.looks === 20) attention.request(9);
    };
    points.pass(true);
    expect(served).toEqual([9]);
    expect(waitInVain(clock)).toBeGreaterThan(4); // which is twice the shortest
  });

  test('a wait that was given up is not begun anew before somebody has asked', () => {
    const clock = stepClock();
    busy.add(9);
    expect(waitInVain(clock)).toBeGreaterThan(2);
    expect(waitInVain(clock)).toBe(1); // which only tells the time
    answerAfter(0.5, clock);
    expect(served).toEqual([9]);
    expect(waitInVain(clock)).toBeGreaterThan(2);
  });

  test('or before a millisecond has gone by: its answer may have been heard elsewhere', () => {
    const clock = stepClock();
    busy.add(9);
    const shortest = waitInVain(clock);
    answerAfter(0.1, clock);
    expect(waitInVain(clock)).toBeGreaterThan(shortest);
    clock.late += 5;
    // A look at the time comes before it, and it is no longer than the first.
    expect(waitInVain(clock)).toBe(1 + shortest);
  });
});

describe('a guest that polls', () => {
  test('with interrupts off does nothing else: its slice ends', () => {
    polled.add(3);
    points.pass(false);
    expect([processor.endedEarly, points.guestPolls]).toEqual([false, false]);
    processor.interruptsOff = true;
    points.pass(false);
    expect([processor.endedEarly, points.guestPolls]).toEqual([true, true]);
  });

  test('goes on once it has its chain back', () => {
    polled.add(3);
    processor.interruptsOff = true;
    attention.request(3);
    onServe = () => polled.delete(3);
    points.pass(false);
    expect([processor.endedEarly, points.guestPolls]).toEqual([false, false]);
  });

  test('whose slice was ended at its doorbell polls with interrupts on as well', () => {
    polled.add(3);
    processor.endSlice();
    expect(points.guestPolls).toBe(true);
    polled.clear();
    expect(points.guestPolls).toBe(false);
  });

  test('that is halted waits for an interrupt, and is left alone', () => {
    polled.add(3);
    processor.interruptsOff = true;
    points.pass(true);
    expect(processor.endedEarly).toBe(false);
  });
});
