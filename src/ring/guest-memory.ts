/**
 * The guest's RAM, and the only way to it.
 *
 * Every access that a device, a transport or a boot loader makes to a guest-physical address goes
 * through this class, which checks it against the machine's RAM. The buffer behind it holds the
 * emulator's own heap as well: an unchecked address would let a guest break out of its machine.
 *
 * Any thread may hold one; it has no state but the view. Multi-byte accesses are little-endian.
 */
export class GuestMemory {
  /** Bytes of RAM; guest-physical addresses are 0 to `size` - 1. */
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #halves: Uint16Array;
  readonly #words: Uint32Array;
  /** One view for each guest page that was copied whole, made on first use (see `pageView`). */
  readonly #pages: (Uint8Array | undefined)[] = [];

  /**
   * @param buffer the buffer that holds the RAM, shared or not
   * @param byteOffset where guest-physical 0 lies in it, a multiple of 4
   * @param size bytes of RAM, a multiple of 4
   * @throws RangeError when the range does not lie in the buffer or is not aligned
   */
  constructor(buffer: ArrayBufferLike, byteOffset: number, size: number) {
    if (byteOffset % 4 !== 0 || size % 4 !== 0) {
      throw new RangeError(
        `guest RAM of ${size} bytes at offset ${byteOffset} is not aligned to 4`,
      );
    }
    this.size = size;
    this.#bytes = new Uint8Array(buffer, byteOffset, size);
    this.#halves = new Uint16Array(buffer, byteOffset, size / 2);
    this.#words = new Uint32Array(buffer, byteOffset, size / 4);
  }

  /** True when all of [address, address + length) is RAM. Takes any numbers, also NaN. */
  contains(address: number, length: number): boolean {
    return address >= 0 && length >= 0 && address + length <= this.size;
  }

  /** The range [address, address + length), or null when it is not all RAM. */
  range(address: number, length: number): GuestRange | null {
    return this.contains(address, length) ? new GuestRange(this, address, length) : null;
  }

  /** @throws RangeError outside RAM */
  read8(address: number): number {
    this.#check(address, 1);
    return this.#bytes[address];
  }

  /** Reads each byte once; at an even address as one access. @throws RangeError outside RAM */
  read16(address: number): number {
    this.#check(address, 2);
    if ((address & 1) === 0) return this.#halves[address >>> 1];
    return this.#bytes[address] | (this.#bytes[address + 1] << 8);
  }

  /** Reads each byte once; at a multiple of 4 as one access. @throws RangeError outside RAM */
  read32(address: number): number {
    this.#check(address, 4);
    if ((address & 3) === 0) return this.#words[address >>> 2];
    const bytes = this.#bytes;
    const low = bytes[address] | (bytes[address + 1] << 8);
    return (low | (bytes[address + 2] << 16) | (bytes[address + 3] << 24)) >>> 0;
  }

  /** @throws RangeError outside RAM */
  write8(address: number, value: number): void {
    this.#check(address, 1);
    this.#bytes[address] = value;
  }

  /** @throws RangeError outside RAM */
  write16(address: number, value: number): void {
    this.#check(address, 2);
    if ((address & 1) === 0) {
      this.#halves[address >>> 1] = value;
      return;
    }
    this.#bytes[address] = value;
    this.#bytes[address + 1] = value >>> 8;
  }

  /** @throws RangeError outside RAM */
  write32(address: number, value: number): void {
    this.#check(address, 4);
    if ((address & 3) === 0) {
      this.#words[address >>> 2] = value;
      return;
    }
    for (let byte = 0; byte < 4; byte++) this.#bytes[address + byte] = value >>> (8 * byte);
  }

  /**
   * Loads 16 bits with the ordering of `Atomics.load`: what was stored before the value that is
   * returned is visible afterwards. @param address even @throws RangeError outside RAM
   */
  load16(address: number): number {
    this.#check(address, 2);
    return Atomics.load(this.#halves, address >>> 1);
  }

  /**
   * Stores 16 bits with the ordering of `Atomics.store`: all that this thread wrote before is
   * visible to whoever sees the value. @param address even @throws RangeError outside RAM
   */
  store16(address: number, value: number): void {
    this.#check(address, 2);
    Atomics.store(this.#halves, address >>> 1, value);
  }

  /** Copies guest bytes out to `target`. @throws RangeError outside RAM or outside `target` */
  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.#check(address, length);
    if (length === PAGE_SIZE && address % PAGE_SIZE === 0) {
      target.set(this.#pageView(address), targetOffset);
      return;
    }
    copyBytes(this.#bytes, address, target, targetOffset, length);
  }

  /** Copies bytes of `source` into the guest. @throws RangeError outside RAM or `source` */
  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#check(address, length);
    if (sourceOffset === 0 && length === source.length) {
      this.#bytes.set(source, address);
      return;
    }
    copyBytes(source, sourceOffset, this.#bytes, address, length);
  }

  /** Sets `length` bytes to `value`. @throws RangeError outside RAM */
  fill(address: number, value: number, length: number): void {
    this.#check(address, length);
    this.#bytes.fill(value, address, address + length);
  }

  /** A view of one whole page, kept, so that the copies of a busy disk make no garbage. */
  #pageView(address: number): Uint8Array {
    const page = address / PAGE_SIZE;
    let view = this.#pages[page];
    if (view === undefined) {
      view = this.#bytes.subarray(address, address + PAGE_SIZE);
      this.#pages[page] = view;
    }
    return view;
  }

  #check(address: number, length: number): void {
    if (!this.contains(address, length)) {
      throw new RangeError(
        `guest-physical [${address}, +${length}) is not in RAM of ${this.size} bytes`,
      );
    }
  }
}

/** A checked piece of guest RAM: what `Device.create` takes. */
export class GuestRange {
  readonly memory: GuestMemory;
  /** Guest-physical address of the first byte. */
  readonly address: number;
  /** Bytes. */
  readonly length: number;

  /** Use `GuestMemory.range`, which checks. */
  constructor(memory: GuestMemory, address: number, length: number) {
    this.memory = memory;
    this.address = address;
    this.length = length;
  }
}

const PAGE_SIZE = 4096;
/** Below this many bytes a loop costs less than a temporary view. */
const SMALL_COPY = 64;

function copyBytes(
  source: Uint8Array,
  sourceOffset: number,
  target: Uint8Array,
  targetOffset: number,
  length: number,
): void {
  const sourceFits = sourceOffset >= 0 && sourceOffset + length <= source.length;
  const targetFits = targetOffset >= 0 && targetOffset + length <= target.length;
  if (!sourceFits || !targetFits) {
    throw new RangeError(`a copy of ${length} bytes leaves its buffer`);
  }
  if (length > SMALL_COPY) {
    target.set(source.subarray(sourceOffset, sourceOffset + length), targetOffset);
    return;
  }
  for (let index = 0; index < length; index++) {
    target[targetOffset + index] = source[sourceOffset + index];
  }
}
