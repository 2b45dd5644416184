import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DescriptorChain } from '../../src/ring/chain.ts';
import { VIRTIO_F_VERSION_1 } from '../support/harness.ts';
import { Disk, emptyDisk, pattern } from '../unit/devices/block/disk.ts';
import { LARGEST_QUEUE, MEMORY_SIZE, plainShape, type RequestShape } from './hostile-driver.ts';
import { type HostileDevice, hostileProperty } from './hostile-stage.ts';

const SECTORS = 64;
const READ_ONLY = 1;
const OK = 0;
const IOERR = 1;
const UNSUPP = 2;

const type = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 0, 1, 1, 4, 8, 11, 11, 13, 13) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);
/** Low and high half of a sector number: mostly on the disk, else near its end or far beyond. */
const sector = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.nat(SECTORS), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0xffffffff)) },
);
const segment = fc
  .tuple(
    sector,
    fc.oneof({ weight: 6, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(0xffffffff) }),
    fc.oneof({ weight: 8, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(0xffffffff) }),
  )
  .map(([[low, high], sectors, flags]) => words(low, high, sectors, flags));
/** One, mostly; or none, some, or more than the device takes. */
const segments = fc.oneof(
  { weight: 4, arbitrary: segment },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 3 }).map((all) => all.flat()) },
  { weight: 1, arbitrary: fc.tuple(segment, fc.nat(70)).map(repeated) },
);
const header = fc
  .tuple(type, sector)
  .map(([kind, [low, high]]) => ({ kind, bytes: words(kind, 0, low, high) }));
/** How the bytes of a part are cut into buffers, beside the rest. */
const cuts = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(0, 1, 15, 16, 512)), { maxLength: 2 });

const shape: fc.Arbitrary<RequestShape> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(header, segments, fc.nat(3), cuts, cuts)
      .map(([{ kind, bytes }, clear, sectors, readable, writable]) => {
        const content = kind === 11 || kind === 13 ? [...bytes, ...clear] : bytes;
        const data = kind === 1 ? 512 * sectors : 0;
        return {
          content,
          readable: cut(content.length + data, readable),
          writable: cut((kind === 0 ? 512 * sectors : kind === 8 ? 20 : 0) + 1, writable),
        };
      }),
  },
  { weight: 1, arbitrary: plainShape },
);

/** Requests of a block device, on a disk that can be written and on one that cannot. */
const seen = { ok: 0, ioerr: 0, unsupp: 0 };
const backend = await emptyDisk(512 * SECTORS);

export const block = hostileProperty({
  name: 'block',
  cases: 30_000,
  variants: 2,
  queues: 1,
  shape,
  seen,
  make: (variant) => new HostileDisk(variant === READ_ONLY),
});

class HostileDisk implements HostileDevice {
  readonly features = [VIRTIO_F_VERSION_1];
  readonly #readOnly: boolean;
  readonly #disk: Disk;

  constructor(readOnly: boolean) {
    this.#readOnly = readOnly;
    this.#disk = new Disk({ backend, readOnly, serial: 'hostile' }, this.features, MEMORY_SIZE);
    this.#disk.harness.reset();
  }

  get harness() {
    return this.#disk.harness;
  }

  restore(): void {
    backend.writeZeroes(0, backend.size);
  }

  completed(chain: DescriptorChain): void {
    let last = chain.segments - 1;
    while (chain.length(last) === 0) last--;
    const status = this.harness.bytes[chain.address(last) + chain.length(last) - 1];
    if (status > UNSUPP) throw new Error(`a request ends with the status ${status}`);
    if (status === OK) seen.ok++;
    else if (status === IOERR) seen.ioerr++;
    else seen.unsupp++;
  }

  serveHonestly(): void {
    const disk = this.#disk;
    if (this.#readOnly) assert.equal(backend.allocated, 0);
    disk.restart(LARGEST_QUEUE);
    const written = pattern(1024);
    assert.equal(disk.write(3, written).status, this.#readOnly ? IOERR : OK);
    const read = disk.read(3, 1024);
    assert.equal(read.status, OK);
    assert.deepEqual(read.data, this.#readOnly ? new Uint8Array(1024) : written);
    assert.equal(disk.read(SECTORS, 512).status, IOERR);
    assert.equal(new TextDecoder().decode(disk.id().data.subarray(0, 7)), 'hostile');
  }
}

/** Little-endian bytes. */
function words(...values: number[]): number[] {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
}

function repeated([bytes, times]: [number[], number]): number[] {
  return Array.from({ length: times }, () => bytes).flat();
}

/** Lengths of buffers for `length` bytes: the given ones, as far as they fit, and the rest. */
function cut(length: number, lengths: readonly number[]): number[] {
  let left = length;
  const pieces = lengths.map((wanted) => {
    const piece = Math.min(wanted, left);
    left -= piece;
    return piece;
  });
  return [...pieces, left];
}
