import { type ImageOptions, openKeptBase } from '../devices/block/create.ts';
import { checkBase, openStore } from '../devices/block/kept-disk.ts';
import { openKeptFile } from '../devices/block/kept-file.ts';
import { baseName } from '../devices/block/store/base-name.ts';
import { rebaseStore } from '../devices/block/store/rebase.ts';
import type { Watch } from '../devices/block/work.ts';
import type { KeptOptions } from './disk-source.ts';

/**
 * Puts a kept disk on another image, or on none.
 * @throws DeviceError; then the disk is as it was
 */
export async function rebaseKept(
  disk: KeptOptions,
  onto: ImageOptions | null,
  watch: Watch,
): Promise<void> {
  const file = await openKeptFile(disk.keep, false);
  try {
    const store = openStore(file, disk.keep);
    const from = await openKeptBase(disk);
    checkBase(store, disk.keep, from === null ? '' : await baseName(from.fingerprint));
    const to = onto && (await openKeptBase(onto));
    const named = to && { image: to.image, name: await baseName(to.fingerprint) };
    await rebaseStore(store, from?.image ?? null, named, watch);
    await Promise.all([from?.image.close(), to?.image.close()]);
  } finally {
    // What the store has not flushed, a rebase that failed has taken back.
    file.close();
  }
}
