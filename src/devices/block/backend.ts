import type { SavedDisk } from './disk-state.ts';

/**
 * What a disk holds where nothing was written to it: bytes that never change, whether they lie in
 * memory or far away.
 *
 * Every operation may finish at once, by returning undefined, or later, by returning a promise;
 * a fast one pays nothing for the existence of slow ones. Other operations are begun while
 * promises are open, and promises may settle in any order. What an operation cannot do it throws
 * or rejects: the guest then gets VIRTIO_BLK_S_IOERR.
 *
 * The caller guarantees that offsets and lengths are multiples of 512 and that ranges lie in the
 * image.
 */
export interface BaseImage {
  /** Bytes of the disk, a multiple of 512; only `BlockBackend.grow` changes them. */
  readonly size: number;

  /** Puts the bytes [offset, offset + length) of the disk into `target`. */
  read(offset: number, length: number, target: ReadTarget): Pending;

  /** Lets go of files and connections. No operation comes after it. */
  close(): Promise<void>;
}

/**
 * Where a disk keeps its bytes. One object of this interface stands behind each block device and
 * lives in the device's worker. How operations finish, `BaseImage` tells.
 *
 * The caller guarantees that nothing is changed on a read-only disk. The backend guarantees that
 * operations which overlap take effect in the order of the calls (a driver that resets the device
 * may write anew to where an abandoned write is still under way).
 */
export interface BlockBackend extends BaseImage, SavedDisk {
  /**
   * Stores `length` bytes of `source` from `offset` on. Best takes them before it returns: once
   * the driver has reset the device, `source` throws.
   */
  write(offset: number, length: number, source: WriteSource): Pending;

  /** Makes durable whatever write has finished before the call. */
  flush(): Pending;

  /** The bytes are no longer of interest: reads may give anything that was ever there, or zeros. */
  discard(offset: number, length: number): Pending;

  /**
   * Makes the bytes zero.
   * @param mayUnmap whether the storage may be deallocated
   */
  writeZeroes(offset: number, length: number, mayUnmap: boolean): Pending;

  /**
   * Makes the disk larger, durably before it returns; what is new is zero. Operations may be going on.
   * @param size bytes, a multiple of 512, more than before
   * @throws DeviceError when there is no room for it; then the disk is as it was
   */
  grow(size: number): void;
}

/** Finished already, or when the promise settles. */
export type Pending = Promise<void> | undefined;

/**
 * Where a read puts its bytes: mostly the buffers of a request in the guest's memory, wherever
 * its driver placed them. Positions count from the beginning of the read, and may be filled in
 * any order; each must be filled.
 */
export interface ReadTarget {
  /**
   * Copies source[sourceOffset, +length) to `position`. Fastest with whole arrays of 4096 bytes.
   * @throws Error once the request is over; then the operation should end, in whatever way
   */
  put(position: number, source: Uint8Array, sourceOffset: number, length: number): void;
  /** Puts zeros at `position`. @throws Error as `put` does */
  putZeroes(position: number, length: number): void;
}

/** Where a write finds its bytes. Positions count from the beginning of the write. */
export interface WriteSource {
  /**
   * Copies `length` bytes from `position` to target[targetOffset, +length). Fastest for 4096
   * bytes at once. The guest may change them meanwhile: take each byte once.
   * @throws Error once the request is over; then nothing may be stored
   */
  take(position: number, target: Uint8Array, targetOffset: number, length: number): void;
}
