import { afterEach, expect, test, vi } from 'vitest';
import { keptFileName } from '../../../../src/devices/block/kept-file.ts';
import { Store } from '../../../../src/devices/block/store/store.ts';
import { keptDisks } from '../../../../src/machine/disks/kept-disks.ts';
import { FaultFile } from '../../../support/fault-file.ts';

vi.mock('../../../../src/machine/disks/disk-worker.ts', () => ({ inDiskWorker: vi.fn() }));

/** A file of the folder; null for one that is gone when it is looked at. */
class Handle {
  readonly #content: Uint8Array<ArrayBuffer> | null;

  constructor(content: Uint8Array<ArrayBuffer> | null) {
    this.#content = content;
  }

  async getFile(): Promise<Blob> {
    if (this.#content === null) throw new DOMException('it is gone', 'NotFoundError');
    return new Blob([this.#content]);
  }
}

afterEach(() => vi.unstubAllGlobals());

test('a disk that another tab renames meanwhile is listed, and one that it deletes is not', async () => {
  const file = new FaultFile();
  Store.create(file, 4096, '');
  const files = new Map([
    [keptFileName('deleted'), new Handle(null)],
    [keptFileName('old name'), new Handle(null)],
    [keptFileName('staying'), new Handle(file.content)],
  ]);
  // The browser lists what there was at one moment.
  const entries = () => {
    const moment = [...files];
    files.delete(keptFileName('deleted'));
    if (files.delete(keptFileName('old name'))) {
      files.set(keptFileName('new name'), new Handle(file.content));
    }
    return moment.values();
  };
  const folder = { keys: () => files.keys(), entries };
  const getDirectory = async () => ({ getDirectoryHandle: async () => folder });
  vi.stubGlobal('FileSystemFileHandle', Handle);
  vi.stubGlobal('navigator', {
    storage: { getDirectory },
    locks: { query: async () => ({ held: [] }) },
  });
  const disk = { size: 4096, changed: null, imageVersion: '' };
  const common = { stored: file.getSize(), inUse: false, disk };
  expect(await keptDisks()).toEqual([
    { name: 'new name', ...common },
    { name: 'staying', ...common },
  ]);
});
