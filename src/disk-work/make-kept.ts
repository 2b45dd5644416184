import {
  checkKeptName,
  isKept,
  lockKeptDisk,
  missing,
  openKeptFile,
  renameKeptFile,
} from '../devices/block/kept-file.ts';
import type { StoreFile } from '../devices/block/store/store-file.ts';
import { DeviceError } from '../devices/errors.ts';

/**
 * Makes a kept disk, which takes its name when it is complete.
 * @param temporary the name of a temporary disk, under which it is made
 * @param make fills the file, and flushes it
 * @throws DeviceError 'disk-exists', 'disk-name', 'disk-in-use', 'disk-full'; what `make` throws
 */
export async function makeKept(
  name: string,
  temporary: string,
  make: (file: StoreFile) => void | Promise<void>,
): Promise<void> {
  checkKeptName(name);
  await checkUnused(name);
  const release = await lockKeptDisk(name);
  try {
    await checkUnused(name);
    const file = await openKeptFile(temporary);
    try {
      await make(file);
    } finally {
      file.close();
    }
    await renameKeptFile(temporary, name);
  } finally {
    release();
  }
}

/** @throws DeviceError 'disk-missing', 'disk-exists', 'disk-name', 'disk-in-use' */
export async function renameKept(from: string, to: string): Promise<void> {
  checkKeptName(to);
  await checkUnused(to);
  const releaseFrom = await lockKeptDisk(from);
  try {
    const releaseTo = await lockKeptDisk(to);
    try {
      await checkUnused(to);
      if (!(await isKept(from))) throw missing(from);
      await renameKeptFile(from, to);
    } finally {
      releaseTo();
    }
  } finally {
    releaseFrom();
  }
}

async function checkUnused(name: string): Promise<void> {
  if (!(await isKept(name))) return;
  throw new DeviceError('disk-exists', `A disk is kept as “${name}” already`);
}
