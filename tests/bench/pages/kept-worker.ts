import { ArraySource } from '../../../src/devices/block/buffers.ts';
import { openKeptDisk } from '../../../src/devices/block/kept-disk.ts';
import { openSynchronously, privateFolder } from '../../../src/devices/block/private-files.ts';
import { Noise } from '../../support/noise.ts';

const BLOCK = 4096;
/** Blocks of the disk, and of the file: 64 MiB. */
const BLOCKS = 16 * 1024;

/** Writes of 4 KiB at random places, each durable before the next. */
export interface KeptOrder {
  /** To a kept disk's backend, or by a plain loop to a file of the same size. */
  to: 'disk' | 'file';
  count: number;
}

/** Writes a block and returns when it is durable. */
type Write = (block: number) => void;

const block = new Uint8Array(BLOCK).fill(0x5a);

async function openDisk(): Promise<Write> {
  const disk = await openKeptDisk('bench', null, BLOCKS * BLOCK);
  const source = new ArraySource(block);
  const write = (at: number) => {
    if (disk.write(at * BLOCK, BLOCK, source) !== undefined)
      throw new Error('a write takes longer');
  };
  for (let at = 0; at < BLOCKS; at++) write(at);
  disk.flush();
  return (at) => {
    write(at);
    disk.flush();
  };
}

async function openFile(): Promise<Write> {
  const file = await openSynchronously(await privateFolder('bench'), 'plain');
  for (let at = 0; at < BLOCKS; at++) file.write(block, { at: at * BLOCK });
  file.flush();
  return (at) => {
    file.write(block, { at: at * BLOCK });
    file.flush();
  };
}

const opened = { disk: undefined, file: undefined } as Record<KeptOrder['to'], Write | undefined>;

addEventListener('message', async ({ data }) => {
  const { to, count } = data as KeptOrder;
  opened[to] ??= to === 'disk' ? await openDisk() : await openFile();
  const write = opened[to];
  const noise = new Noise(count);
  const begin = performance.now();
  for (let done = 0; done < count; done++) write(noise.next() % BLOCKS);
  postMessage(performance.now() - begin);
});
