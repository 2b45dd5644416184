import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { letOthersThrough } from '../../../../src/page/lessons/lessons/disk.ts';
import type { World } from '../../../../src/page/lessons/world.ts';

const OWN = 'Write 8 sectors to sector 0';
const MINE = 'Read 1 sector from sector 2';

/** A disk that is held. Linux reads only when what it writes there has come back. */
let flying: { head: number; state: string; title: string }[] = [];
let held = true;

const control = {
  get held() {
    return held;
  },
  take: vi.fn(async () => {
    flying[0].state = 'served';
  }),
  publish: vi.fn(async () => {
    flying.shift();
    if (flying.length === 0) flying.push({ head: 7, state: 'notified', title: MINE });
  }),
};
const world = {
  control: () => control,
  queue: () => ({ inFlight: flying }),
  request: (_name: string, _queue: number, head: number) =>
    flying.find((chain) => chain.head === head),
} as unknown as World;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  held = true;
  flying = [];
});
afterEach(() => vi.useRealTimers());

async function letThrough(): Promise<void> {
  const done = letOthersThrough(world, MINE);
  await vi.runAllTimersAsync();
  await done;
}

it('Linux’s own requests are let through until the one that was asked for is there', async () => {
  flying = [3, 4].map((head) => ({ head, state: 'notified', title: OWN }));
  await letThrough();
  expect(flying).toEqual([{ head: 7, state: 'notified', title: MINE }]);
  expect(control.publish).toHaveBeenCalledTimes(2);
});

it('a request that is there stays where it is, and nothing is done to a disk that was released', async () => {
  flying = [{ head: 7, state: 'notified', title: MINE }];
  await letThrough();
  held = false;
  flying = [{ head: 3, state: 'notified', title: OWN }];
  await letThrough();
  expect(control.take).not.toHaveBeenCalled();
  expect(control.publish).not.toHaveBeenCalled();
});
