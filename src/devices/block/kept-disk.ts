import { DeviceError } from '../errors.ts';
import type { BaseImage } from './backend.ts';
import { checkSize, diskSize } from './disk-size.ts';
import { openKeptFile } from './kept-file.ts';
import { baseName } from './store/base-name.ts';
import { isUnborn } from './store/recovery.ts';
import { Store } from './store/store.ts';
import { StoreBackend } from './store/store-backend.ts';
import type { StoreFile } from './store/store-file.ts';

/** What is below a kept disk. */
export interface KeptBase {
  image: BaseImage;
  /** Tells the image from others, and from itself after a change. */
  fingerprint: string;
}

/**
 * Opens the disk that is kept as `name`, or begins one.
 * @param base what it holds where nothing was written; null for zeros
 * @param size bytes that the disk has at least: a smaller one is made so large, and one that was made
 *   larger stays so; without it those of the kept disk, or of the base
 * @throws DeviceError when it is in use, damaged, of another version, or belongs to another base
 */
export async function openKeptDisk(
  name: string,
  base: KeptBase | null,
  size: number | undefined,
): Promise<StoreBackend> {
  const below = base && { ...base, fingerprint: await baseName(base.fingerprint) };
  const file = await openKeptFile(name);
  try {
    // A disk must not be smaller than its image.
    const wanted = base === null ? size : diskSize(name, base.image.size, size);
    const store = isUnborn(file)
      ? begin(file, name, below, wanted)
      : goOn(file, name, below, wanted);
    return new StoreBackend(store, base?.image ?? null);
  } catch (error) {
    file.close();
    throw error;
  }
}

function begin(
  file: StoreFile,
  name: string,
  base: KeptBase | null,
  size: number | undefined,
): Store {
  checkSize(name, size ?? 0);
  return Store.create(file, size ?? 0, base?.fingerprint ?? '');
}

function goOn(
  file: StoreFile,
  name: string,
  base: KeptBase | null,
  size: number | undefined,
): Store {
  const store = openStore(file, name);
  checkBase(store, name, base?.fingerprint ?? '');
  if (size !== undefined && size > store.size) {
    checkSize(name, size);
    store.grow(size);
  }
  return store;
}

/** @throws DeviceError 'base-changed' when the store belongs to another base than the one so called */
export function checkBase(store: Store, name: string, base: string): void {
  if (store.base === base) return;
  const [was, is] = [store.base, base].map((text) => text || 'an empty disk');
  const message = `What is kept as “${name}” was changed on ${was}, and this is ${is}`;
  throw new DeviceError('base-changed', message);
}

/**
 * Opens the store of a kept disk.
 * @throws DeviceError with the disk's name when it is damaged, of another version, or none
 */
export function openStore(file: StoreFile, name: string): Store {
  try {
    return Store.open(file);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    const message = `What is kept as “${name}” cannot be opened: ${error.message}`;
    throw new DeviceError(error.code, message, error);
  }
}
