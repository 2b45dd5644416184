import { expect, test, vi } from 'vitest';
import { copyAttached } from '../../../../src/machine/disks/copy-attached.ts';
import type { Disk } from '../../../../src/machine/disks/disk.ts';
import { inDiskWorker } from '../../../../src/machine/disks/disk-worker.ts';
import { MachineError } from '../../../../src/machine/errors.ts';

vi.mock('../../../../src/machine/disks/disk-worker.ts', () => ({
  inDiskWorker: vi.fn(),
  withTemporary: (work: (name: string) => unknown) => work('temporary'),
}));

/** What Comlink leaves of an error on its way between threads. */
const crossing = ({ name, message }: Error) => Object.assign(new Error(message), { name });

const failure = new MachineError('image-unreachable', 'The server is gone.', 'Check the network.');

/** A disk whose image cannot be read; the worker begins with a listing, then reads. */
function copyUnreadable(options: { signal?: AbortSignal; atRead?: () => void }): Promise<void> {
  const reader = {
    ranges: async () => ({ ranges: [], next: null }),
    read: async () => {
      options.atRead?.();
      throw failure;
    },
  };
  const disk = { size: 512, base: async () => '', reader: () => reader };
  vi.mocked(inDiskWorker).mockImplementation(async ({ signal }, perform) => {
    const copyFrom = async (_: unknown, from: typeof reader) => {
      await from.ranges();
      await from.read().catch((error) => {
        throw crossing(error);
      });
    };
    await perform({ copyAttached: copyFrom } as never, (() => {}) as never).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
  });
  return copyAttached(disk as unknown as Disk, 'copy', options);
}

test('a disk that cannot be read fails the work with what is wrong, and what to do', async () => {
  await expect(copyUnreadable({})).rejects.toBe(failure);
});

test('work that was cancelled fails with the reason of that', async () => {
  const cancelling = new AbortController();
  const atRead = () => cancelling.abort('not wanted');
  await expect(copyUnreadable({ signal: cancelling.signal, atRead })).rejects.toBe('not wanted');
});
