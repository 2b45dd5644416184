import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deferred } from '../../../../src/machine/deferred.ts';
import { copyAttached } from '../../../../src/machine/disks/copy-attached.ts';
import type { Disk } from '../../../../src/machine/disks/disk.ts';
import {
  askForCopy,
  KeptDiskServer,
  LONGEST_CANCELLATION,
} from '../../../../src/machine/disks/kept-disk-server.ts';

vi.mock('../../../../src/machine/disks/copy-attached.ts', () => ({ copyAttached: vi.fn() }));

/** BroadcastChannels of pages that take their messages when they are awake. */
class Channel {
  static open = new Set<Channel>();
  static asleep = false;
  static #late: (() => void)[] = [];
  onmessage: (event: { data: unknown }) => void = () => {};

  constructor() {
    Channel.open.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of Channel.open) {
      if (other === this) continue;
      const deliver = () => {
        if (Channel.open.has(other)) other.onmessage({ data });
      };
      if (Channel.asleep) Channel.#late.push(deliver);
      else queueMicrotask(deliver);
    }
  }

  close(): void {
    Channel.open.delete(this);
  }

  static wake(): void {
    Channel.asleep = false;
    for (const deliver of Channel.#late.splice(0)) deliver();
  }
}

/** Locks that are exclusive, and nothing else. */
function lockManager() {
  const last = new Map<string, Promise<unknown>>();
  const request = (name: string, held: () => unknown) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(held);
    last.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  };
  return { request };
}

// Every browser that is supported has it, and Node 20 has not.
Promise.withResolvers ??= (<Value>() => new Deferred<Value>()) as never;

const disk = { kept: 'mine' } as Disk;
const machine = { disks: [disk], atRest: vi.fn((work: () => Promise<unknown>) => work()) };
let server: KeptDiskServer;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('navigator', { locks: lockManager() });
  server = new KeptDiskServer(machine as never);
});

afterEach(() => {
  server.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetAllMocks();
  machine.atRest.mockImplementation((work) => work());
});

test('a copy is made by the page that has the disk, with its progress', async () => {
  vi.mocked(copyAttached).mockImplementation(async (_, __, { onProgress }) => {
    onProgress?.({ done: 1, total: 2 });
  });
  const onProgress = vi.fn();
  expect(await askForCopy('mine', 'copy', { onProgress })).toBe(true);
  expect(vi.mocked(copyAttached).mock.calls[0].slice(0, 2)).toEqual([disk, 'copy']);
  expect(onProgress).toHaveBeenCalledWith({ done: 1, total: 2 });
  expect(Channel.open.size).toBe(1);
});

test('a page that answers too late makes no copy, and its machine goes on', async () => {
  Channel.asleep = true;
  const asked = askForCopy('mine', 'copy', {});
  await vi.advanceTimersByTimeAsync(2000);
  expect(await asked).toBe(false);
  Channel.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(machine.atRest).not.toHaveBeenCalled();
  expect(copyAttached).not.toHaveBeenCalled();
});

test('who has cancelled does not wait for a page that hangs', async () => {
  vi.mocked(copyAttached).mockReturnValue(new Deferred<void>().promise);
  const cancelling = new AbortController();
  const asked = askForCopy('mine', 'copy', { signal: cancelling.signal }).catch((error) => error);
  await vi.advanceTimersByTimeAsync(0);
  expect(copyAttached).toHaveBeenCalled();
  cancelling.abort('not wanted');
  await vi.advanceTimersByTimeAsync(LONGEST_CANCELLATION);
  await vi.advanceTimersByTimeAsync(0);
  expect(await Promise.race([asked, Promise.resolve('waiting')])).toBe('not wanted');
});

test('who cancels before an answer waits for none', async () => {
  Channel.asleep = true;
  const cancelling = new AbortController();
  const asked = askForCopy('mine', 'copy', { signal: cancelling.signal }).catch((error) => error);
  cancelling.abort('not wanted');
  await vi.advanceTimersByTimeAsync(0);
  expect(await Promise.race([asked, Promise.resolve('waiting')])).toBe('not wanted');
  Channel.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(copyAttached).not.toHaveBeenCalled();
});
