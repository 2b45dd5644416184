import type { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Machine, MachineState, Snapshot } from '../../../../src/machine/index.ts';
import { MachineSaver } from '../../../../src/page/saved/machine-saver.ts';
import type { SavedMachine } from '../../../../src/page/saved/saved-machine.ts';

const { kept } = vi.hoisted(() => ({ kept: vi.fn(async () => {}) }));
vi.mock('../../../../src/page/saved/saved-machine.ts', () => ({ keepMachine: kept }));
vi.mock('@xterm/addon-serialize', () => ({
  SerializeAddon: class {
    serialize = () => 'a prompt';
    dispose() {}
  },
}));

const IDENTITY = { root: 'root disk', plan: '', guest: '' };
const LOOK = 1000;
const SNAPSHOT = { size: 60e6 } as Snapshot;

class FakeMachine {
  state: MachineState = 'running';
  changed = 4096;
  disks = [{ usage: async () => ({ changed: this.changed }) }];
  counters = { instructions: 0, halted: true, consoleBytes: 100, disks: [{ requests: 10 }] };
  /** What the guest does while it is being saved. */
  meanwhile = () => {};
  statistics = () => structuredClone(this.counters);
  snapshot = vi.fn(async () => {
    this.meanwhile();
    return SNAPSHOT;
  });
}

let machine: FakeMachine;
let saver: MachineSaver;
let isWatched: boolean;
const page = Object.assign(new EventTarget(), { hidden: false });
const told = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  page.hidden = false;
  machine = new FakeMachine();
  isWatched = false;
  saver = new MachineSaver(machine as unknown as Machine, IDENTITY, {
    terminal: { loadAddon: () => {} } as unknown as Terminal,
    isWatched: () => isWatched,
    saved: told,
  });
});

afterEach(() => {
  saver.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const looks = (count: number) => vi.advanceTimersByTimeAsync(count * LOOK);
const work = () => {
  machine.counters.consoleBytes++;
};

it('saves a guest that has come to rest, once', async () => {
  machine.counters.halted = false;
  await looks(5);
  expect(machine.snapshot).not.toHaveBeenCalled();
  machine.counters.halted = true;
  await looks(100);
  const saved: SavedMachine = { snapshot: SNAPSHOT, screen: 'a prompt' };
  expect(kept.mock.calls).toEqual([[IDENTITY, saved]]);
  expect(told).toHaveBeenCalledTimes(1);
});

it('saves it again after it has done something, but not all the time', async () => {
  await looks(2);
  work();
  await looks(50);
  expect(kept).toHaveBeenCalledTimes(1);
  await looks(20);
  expect(kept).toHaveBeenCalledTimes(2);
});

it('saves it soon in a page that was hidden', async () => {
  await looks(2);
  work();
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  await looks(2);
  expect(kept).toHaveBeenCalledTimes(2);
});

it.each<[string, () => void]>([
  ['that is paused', () => Object.assign(machine, { state: 'paused' })],
  ['whose disk has much that is kept', () => Object.assign(machine, { changed: 1e9 })],
  ['that has another disk', () => machine.disks.push(machine.disks[0])],
])('lets a machine be %s', async (_, change) => {
  change();
  await looks(5);
  expect(machine.snapshot).not.toHaveBeenCalled();
});

it('lets a machine be whose devices are watched', async () => {
  isWatched = true;
  await looks(5);
  expect(machine.snapshot).not.toHaveBeenCalled();
});

it('keeps nothing of a guest that has printed meanwhile: its screen is of another moment', async () => {
  machine.meanwhile = work;
  await looks(2);
  expect(machine.snapshot).toHaveBeenCalled();
  expect(kept).not.toHaveBeenCalled();
});

it('does not ask a browser again and again that has no room', async () => {
  kept.mockRejectedValueOnce(new Error('no room'));
  vi.spyOn(console, 'info').mockImplementation(() => {});
  await looks(100);
  expect(machine.snapshot).toHaveBeenCalledTimes(1);
  work();
  await looks(100);
  expect(kept).toHaveBeenCalledTimes(2);
});
