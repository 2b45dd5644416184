import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Attention } from '../../../src/link/control-block.ts';
import { SyncPoints } from '../../../src/machine/sync-points.ts';
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

let attention: WatchedAttention;
let served: number[];
let onServe: (index: number) => void;
let busy: Set<number>;
let places: (VirtioPciDevice | undefined)[];
let points: SyncPoints;

beforeEach(() => {
  attention = new WatchedAttention(new SharedArrayBuffer(Attention.byteLength));
  served = [];
  onServe = () => {};
  busy = new Set();
  const devices = Array.from({ length: 31 }, (_, index) => ({
    serviceAtSyncPoint: () => {
      served.push(index);
      onServe(index);
    },
    link: {
      get busy() {
        return busy.has(index);
      },
    },
  }));
  places = devices as unknown as (VirtioPciDevice | undefined)[];
  points = new SyncPoints(attention, places);
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

  test('a running guest with nothing to hear is looked at once', () => {
    busy.add(3);
    points.pass(false);
    expect(attention.looks).toBe(1);
  });
});

describe('while the CPU is halted', () => {
  /** A clock that goes on by 10 microseconds at each look. */
  function stepClock(): { readonly looks: number } {
    let looks = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => ++looks * 0.01);
    return {
      get looks() {
        return looks;
      },
    };
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

  test('the wait grows while it pays, up to a millisecond, and shrinks when it does not', () => {
    const clock = stepClock();
    busy.add(9);
    /** How long one sync point takes, in looks at the clock. */
    const wait = (pays: boolean) => {
      const before = clock.looks;
      // Paying means: right at the end of the wait.
      attention.onLook = () => {};
      if (pays) {
        attention.looks = 0;
        attention.onLook = () => {
          if (attention.looks > 2) attention.request(9);
        };
      }
      points.pass(true);
      attention.takeAll();
      return clock.looks - before;
    };
    const shortest = wait(false);
    for (let round = 0; round < 10; round++) wait(true);
    const longest = wait(false);
    expect(longest).toBeGreaterThan(90);
    expect(longest).toBeLessThan(110); // a millisecond
    for (let round = 0; round < 10; round++) wait(false);
    expect(wait(false)).toBe(shortest);
  });
});
