import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../../../src/machine/index.ts';
import { DEFAULT_PLAN, type MachinePlan } from '../../../../src/page/plan.ts';
import {
  forgetSavedMachine,
  identify,
  keepMachine,
  type MachineIdentity,
  openSavedMachine,
  timeOfSaved,
} from '../../../../src/page/saved/saved-machine.ts';

const snapshots = new Map<string, Snapshot>();
vi.mock('../../../../src/machine/index.ts', () => ({
  keepSnapshot: async (name: string, snapshot: Snapshot) => snapshots.set(name, snapshot),
  openKeptSnapshot: async (name: string) => snapshots.get(name) ?? null,
  forgetKeptSnapshot: async (name: string) => snapshots.delete(name),
}));

const identityOf = (plan: MachinePlan, guest = 'a guest') => identify(plan, guest)!;
const snapshot = (created: number) => ({ info: { created } }) as Snapshot;
const open = (identity: MachineIdentity) =>
  openSavedMachine(identity, new AbortController().signal);

beforeEach(() => {
  snapshots.clear();
  const items = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => items.set(name, value),
  });
});

it.each<[string, Partial<MachinePlan>]>([
  ['another kernel', { kernel: new URL('http://host/kernel') }],
  ['firmware', { kernel: 'firmware' }],
  ['an initial RAM disk', { initrd: new URL('http://host/initrd') }],
  ['more disks', { disks: [{ source: { kept: 'data' }, readOnly: false }] }],
  ['a fresh root disk', { root: { kind: 'fresh' } }],
  ['so much memory that a snapshot may be too much', { memory: 1024 }],
  ['a look at a root disk', { root: { kind: 'look', name: 'root disk' } }],
])('a machine with %s is not saved', (_, changes) => {
  expect(identify({ ...DEFAULT_PLAN, ...changes }, 'a guest')).toBeNull();
});

describe('a machine that was saved', () => {
  const saved = { snapshot: snapshot(5), screen: 'a prompt' };

  beforeEach(() => keepMachine(identityOf(DEFAULT_PLAN), saved));

  it('goes on in its like', async () => {
    expect(timeOfSaved(DEFAULT_PLAN)).toBe(5);
    expect(await open(identityOf(DEFAULT_PLAN))).toEqual(saved);
  });

  it.each<[string, MachineIdentity]>([
    ['another guest', identityOf(DEFAULT_PLAN, 'a newer guest')],
    ['other memory', identityOf({ ...DEFAULT_PLAN, memory: 64 })],
    ['other words for the kernel', identityOf({ ...DEFAULT_PLAN, commandLine: 'quiet' })],
    ['another disk', identityOf({ ...DEFAULT_PLAN, root: { kind: 'kept', name: 'a copy' } })],
  ])('does not in one with %s', async (_, identity) => {
    expect(await open(identity)).toBeNull();
  });

  it('does not when its snapshot is of another moment than what is noted of it', async () => {
    for (const name of snapshots.keys()) snapshots.set(name, snapshot(6));
    expect(await open(identityOf(DEFAULT_PLAN))).toBeNull();
  });

  it('is forgotten', async () => {
    await forgetSavedMachine('root disk');
    expect(timeOfSaved(DEFAULT_PLAN)).toBeNull();
    expect(snapshots.size).toBe(0);
  });
});

it.each(['', 'no JSON', '3', '{"plan":1}', '{"created":"yesterday"}'])(
  'a note that makes no sense is none: %s',
  (note) => {
    vi.stubGlobal('localStorage', { getItem: () => note });
    expect(timeOfSaved(DEFAULT_PLAN)).toBeNull();
  },
);
