import fc from 'fast-check';
import type { GuestMemory } from '../../src/ring/guest-memory.ts';
import { VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_NEXT } from '../../src/ring/layout.ts';
import { layoutAt, layoutLength, writeDescriptor } from '../support/driver.ts';

/**
 * A driver that does whatever it likes, as data: what it negotiates, where its queues lie, what
 * is in memory, and what it then does. `HostileStage` plays it against a device.
 */

/** Bytes of RAM: so few that all of it can be compared after each act. */
export const MEMORY_SIZE = 32 * 1024;
/** Entries that a queue has at most. */
export const LARGEST_QUEUE = 16;
const FIRST_QUEUE = 4096;
const QUEUE_STRIDE = 512;

/** A descriptor as it lies in memory. */
export interface Row {
  address: number;
  addressHigh: number;
  length: number;
  flags: number;
  next: number;
}

/** What one request is made of: content at the beginning of the readable part, and two framings. */
export interface RequestShape {
  content: number[];
  /** Lengths of the device-readable buffers. */
  readable: number[];
  /** Lengths of the device-writable buffers. */
  writable: number[];
}

/** A well-formed chain, unless `damage` replaces one of its descriptors. */
export interface Request extends RequestShape {
  kind: 'request';
  queue: number;
  head: number;
  /** Where its buffers lie, one after the other. */
  at: number;
  /** By an indirect table, when that was negotiated, or there is damage all the same. */
  indirect: boolean;
  damage: { index: number; row: Row } | null;
}

export type Act =
  | Request
  | { kind: 'descriptor'; queue: number; index: number; row: Row }
  | { kind: 'available'; queue: number; head: number }
  | { kind: 'doorbell'; queue: number; index: number }
  | { kind: 'scribble'; at: number; bytes: number[] }
  | { kind: 'configuration'; offset: number; width: number; value: number }
  | { kind: 'pause' }
  | { kind: 'reset' }
  | { kind: 'resetQueue'; queue: number }
  /** Not the driver's: the page behind the device does something. */
  | { kind: 'page'; action: number; value: number };

export interface HostileCase {
  /** Which of a property's devices it is played against. */
  variant: number;
  queueSize: number;
  indirect: boolean;
  /** What RAM holds in the beginning: zeros, anything, or words that often mean something. */
  memory: { fill: 'zeros' | 'noise' | 'small'; seed: number };
  /** Where the parts of queue 0 lie, over each other as it may be, or null for a place apart. */
  places: { descriptorTable: number; availableRing: number; usedRing: number } | null;
  acts: Act[];
}

/** What a property's cases have of their own. */
export interface HostileKind {
  /** Devices that it has. */
  variants: number;
  /** Queues of the device. */
  queues: number;
  shape: fc.Arbitrary<RequestShape>;
}

const addressLow = fc.oneof(
  { weight: 30, arbitrary: fc.nat(MEMORY_SIZE - 400) },
  { weight: 9, arbitrary: fc.nat(MEMORY_SIZE / 16 - 1).map((index) => 16 * index) },
  { weight: 2, arbitrary: fc.constantFrom(MEMORY_SIZE - 1, MEMORY_SIZE, 0xfffffff0, 0xffffffff) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);
const addressHigh = fc.oneof(
  { weight: 40, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 0x80000000, 0xffffffff) },
);
const length = fc.oneof(
  { weight: 30, arbitrary: fc.nat(300) },
  { weight: 9, arbitrary: fc.nat(30).map((entries) => 16 * entries) },
  { weight: 1, arbitrary: fc.constantFrom(MEMORY_SIZE, 0x7fffffff, 0xffffffff) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);
const flags = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(0, 0, 2, 2, 2, 1, 3) },
  { weight: 4, arbitrary: fc.constantFrom(4, 6) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);
const next = fc.oneof(
  { weight: 10, arbitrary: fc.nat(LARGEST_QUEUE - 1) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);
/** The index of a descriptor, mostly of one that is there. */
const head = fc.oneof(
  { weight: 12, arbitrary: fc.nat(LARGEST_QUEUE - 1) },
  { weight: 1, arbitrary: fc.nat(0xffff) },
);

/** Any descriptor, mostly one that could be sound. */
export const row: fc.Arbitrary<Row> = fc.record({
  address: addressLow,
  addressHigh,
  length,
  flags,
  next,
});

/** Requests of a device that looks at no content. */
export const plainShape: fc.Arbitrary<RequestShape> = fc.record({
  content: fc.array(fc.nat(255), { maxLength: 16 }),
  readable: fc.array(fc.nat(200), { maxLength: 3 }),
  writable: fc.array(fc.nat(200), { maxLength: 3 }),
});

/** Mostly null. */
function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function act({ queues, shape }: HostileKind): fc.Arbitrary<Act> {
  const queue = fc.nat(queues - 1);
  const kind = <Kind extends string>(value: Kind) => fc.constant(value);
  const request = fc
    .tuple(
      shape,
      fc.record({
        kind: kind('request'),
        queue,
        head: fc.nat(LARGEST_QUEUE - 1),
        at: fc.nat(MEMORY_SIZE - 2048),
        indirect: fc.boolean(),
        damage: seldom(fc.record({ index: fc.nat(3), row })),
      }),
    )
    .map(([shaped, rest]) => ({ ...shaped, ...rest }));
  return fc.oneof(
    { weight: 12, arbitrary: request },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: kind('descriptor'),
        queue,
        index: fc.nat(2 * LARGEST_QUEUE),
        row,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind('available'), queue, head }) },
    { weight: 1, arbitrary: fc.record({ kind: kind('doorbell'), queue, index: fc.nat(0xffff) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: kind('scribble'),
        at: fc.nat(MEMORY_SIZE - 1),
        bytes: fc.array(fc.nat(255), { maxLength: 32 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: kind('configuration'),
        offset: fc.nat(64),
        width: fc.constantFrom(1, 2, 4),
        value: fc.nat(0xffffffff),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: kind('pause') }) },
    { weight: 1, arbitrary: fc.record({ kind: kind('reset') }) },
    { weight: 1, arbitrary: fc.record({ kind: kind('resetQueue'), queue }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: kind('page'), action: fc.nat(7), value: fc.nat(0xffff) }),
    },
  );
}

/** Any driver of such a device. */
export function hostileCase(kind: HostileKind): fc.Arbitrary<HostileCase> {
  const place = fc.nat(MEMORY_SIZE / 16 - 1).map((index) => 16 * index);
  return fc.record({
    variant: fc.nat(kind.variants - 1),
    queueSize: fc.constantFrom(1, 2, 4, 8, 8, 16, 16),
    indirect: fc.boolean(),
    memory: fc.record({
      fill: fc.constantFrom('zeros', 'noise', 'small', 'small'),
      seed: fc.nat(0xffffffff),
    }),
    places: seldom(fc.record({ descriptorTable: place, availableRing: place, usedRing: place })),
    acts: fc.array(act(kind), { minLength: 1, maxLength: 12 }),
  });
}

/** Where queue `queue` of a case lies. */
export function layoutOf({ queueSize, places }: HostileCase, queue: number) {
  if (queue === 0 && places !== null) return { queueSize, ...places };
  return layoutAt(FIRST_QUEUE + QUEUE_STRIDE * queue, queueSize);
}

if (layoutLength(LARGEST_QUEUE) > QUEUE_STRIDE) throw new Error('queues lie over each other');

/** Writes a descriptor, as far as it lies in RAM. Most links stay in the queue, whatever its size. */
export function placeRow(
  memory: GuestMemory,
  table: number,
  index: number,
  queueSize: number,
  { address, addressHigh, length, flags, next }: Row,
): void {
  if (!memory.contains(table, 16 * (index + 1))) return;
  writeDescriptor(memory, table, index, {
    address: BigInt(addressHigh) * 2n ** 32n + BigInt(address),
    length,
    flags,
    next: next < LARGEST_QUEUE ? next % queueSize : next,
  });
}

/** The descriptors of a request, which link to each other from `head` on. */
export function rowsOf(
  request: Request,
  indirect: boolean,
  queueSize: number,
): { index: number; row: Row }[] {
  const lengths = [...request.readable, ...request.writable];
  const rows: { index: number; row: Row }[] = [];
  let address = request.at;
  for (const [place, length] of lengths.entries()) {
    const link = place < lengths.length - 1 ? VIRTQ_DESC_F_NEXT : 0;
    const write = place < request.readable.length ? 0 : 2;
    const index = indirect ? place : (request.head + place) % queueSize;
    const next = indirect ? place + 1 : (index + 1) % queueSize;
    rows.push({ index, row: { address, addressHigh: 0, length, flags: link | write, next } });
    address += length;
  }
  if (request.damage !== null && rows.length > 0) {
    rows[request.damage.index % rows.length].row = request.damage.row;
  }
  return rows;
}

/** The descriptor that leads to a request's indirect table of `entries`. */
export function indirectRow(table: number, entries: number): Row {
  return {
    address: table,
    addressHigh: 0,
    length: 16 * entries,
    flags: VIRTQ_DESC_F_INDIRECT,
    next: 0,
  };
}
