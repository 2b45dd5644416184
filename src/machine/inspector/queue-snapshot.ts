import { Feature } from '../../link/features.ts';
import type { GuestMemory } from '../../ring/guest-memory.ts';
import {
  DESCRIPTOR_SIZE,
  descriptorTableLength,
  RING_ELEMENTS_OFFSET,
  RING_INDEX_OFFSET,
  USED_ELEMENT_SIZE,
} from '../../ring/layout.ts';
import { layoutFault, type QueueLayout } from '../../ring/virtqueue.ts';
import type { DeviceLink, QueuePositions } from '../../transport/device-link.ts';
import type { Plugged } from '../device-bay.ts';
import { describerOf } from './device-snapshot.ts';

/** The registers of a queue, and how far both sides are. Indices are free-running, 16 bits. */
export interface QueueSummary extends QueuePositions {
  /** Number of the queue in its device. */
  queue: number;
  /** What the specification calls it: 'receiveq(port0)'. */
  name: string;
  /** `queue_enable` (VIRTIO 1.4, 4.1.4.3). */
  enabled: boolean;
  /** A reset of the queue is going on (2.6.1). */
  resetting: boolean;
  /** Entries, and how many there may be. */
  size: number;
  maximumSize: number;
  /** Guest-physical addresses; 0 until the driver gives them. */
  descriptorTable: number;
  availableRing: number;
  usedRing: number;
  /** What is wrong with where the driver has put an enabled queue, or null: then its rings are not read. */
  fault: string | null;
  /** `idx` of the available ring: what the driver has made available. 0 until the queue is enabled. */
  availableIndex: number;
}

/** A queue as it is at one moment, with copies of its three parts. */
export interface QueueSnapshot extends QueueSummary {
  /** The device's place. */
  place: number;
  /** When it was, in milliseconds of the page's `performance.now()`. */
  time: number;
  /** VIRTIO_F_EVENT_IDX is agreed upon, so that `usedEvent` and `availEvent` count (2.7.7, 2.7.10). */
  eventIndex: boolean;
  /** The descriptor table (2.7.5), an entry for each of `size`. */
  descriptors: DescriptorColumns;
  /** The available ring (2.7.6). */
  available: { flags: number; index: number; elements: Uint16Array; usedEvent: number };
  /** The used ring (2.7.8). */
  used: {
    flags: number;
    index: number;
    ids: Uint32Array;
    lengths: Uint32Array;
    availEvent: number;
  };
  /** Every chain that is not the driver's; of each state the oldest first. */
  inFlight: InFlight[];
}

export interface DescriptorColumns {
  /** 64 bits each: beyond 2^53 not exact. */
  addresses: Float64Array;
  lengths: Uint32Array;
  /** VIRTQ_DESC_F_NEXT 1, VIRTQ_DESC_F_WRITE 2, VIRTQ_DESC_F_INDIRECT 4. */
  flags: Uint16Array;
  next: Uint16Array;
}

/** A chain on its way, by its first descriptor. */
export interface InFlight {
  head: number;
  /**
   * `available`: in the available ring, but no doorbell has told of it. `notified`: a doorbell has, and the
   * device has not taken it. `taken`: the device works on it. `served`: its element is in the used ring,
   * and the driver cannot see it yet.
   */
  state: 'available' | 'notified' | 'taken' | 'served';
  /** Of the available ring for `available` and `notified`, of the used ring for `served`, free-running; else null. */
  index: number | null;
  /** `len` of the used element, for `served`; else null. */
  written: number | null;
}

/** The cheap part: no ring is copied. @param queue one that the device has */
export function summarizeQueue(plugged: Plugged, queue: number, memory: GuestMemory): QueueSummary {
  const { device } = plugged;
  const { queues } = device.registers;
  const { enabled, resetting, maximumSize } = queues[queue];
  const layout = layoutOf(plugged, queue);
  const fault = enabled ? layoutFault(memory, layout) : null;
  const { queueSize, ...addresses } = layout;
  const readable = enabled && fault === null;
  return {
    queue,
    name: describerOf(plugged).queueName(queue, queues.length),
    enabled,
    resetting,
    size: queueSize,
    maximumSize,
    ...addresses,
    fault,
    ...device.link.positions(queue),
    availableIndex: readable ? memory.read16(layout.availableRing + RING_INDEX_OFFSET) : 0,
  };
}

/** Copies a queue. On the CPU thread, between two slices. @param queue one that the device has */
export function snapshotQueue(
  place: number,
  plugged: Plugged,
  queue: number,
  memory: GuestMemory,
): QueueSnapshot {
  const summary = summarizeQueue(plugged, queue, memory);
  const readable = summary.enabled && summary.fault === null;
  const layout = readable ? layoutOf(plugged, queue) : NO_LAYOUT;
  const rings = copyRings(memory, layout);
  const { link, registers } = plugged.device;
  return {
    ...summary,
    place,
    time: performance.now(),
    eventIndex: registers.features.accepted.has(Feature.eventIndex),
    ...rings,
    ...(readable ? findInFlight(link, queue, rings) : { inFlight: [] }),
  };
}

const NO_LAYOUT: QueueLayout = { queueSize: 0, descriptorTable: 0, availableRing: 0, usedRing: 0 };

function layoutOf({ device }: Plugged, queue: number): QueueLayout {
  const registers = device.registers.queues[queue];
  return {
    queueSize: registers.size,
    descriptorTable: registers.address(0),
    availableRing: registers.address(1),
    usedRing: registers.address(2),
  };
}

type Rings = Pick<QueueSnapshot, 'descriptors' | 'available' | 'used'>;

/** @param layout sound, or of size 0 */
function copyRings(memory: GuestMemory, layout: QueueLayout): Rings {
  const { queueSize, descriptorTable, availableRing, usedRing } = layout;
  const read = queueSize > 0 ? (address: number) => memory.read16(address) : () => 0;
  const elements = new Uint16Array(queueSize);
  for (let slot = 0; slot < queueSize; slot++) {
    elements[slot] = memory.read16(availableRing + RING_ELEMENTS_OFFSET + 2 * slot);
  }
  const ids = new Uint32Array(queueSize);
  const lengths = new Uint32Array(queueSize);
  for (let slot = 0; slot < queueSize; slot++) {
    const element = usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * slot;
    ids[slot] = memory.read32(element);
    lengths[slot] = memory.read32(element + 4);
  }
  return {
    descriptors: copyDescriptors(memory, descriptorTable, queueSize),
    available: {
      flags: read(availableRing),
      index: read(availableRing + RING_INDEX_OFFSET),
      elements,
      usedEvent: read(availableRing + RING_ELEMENTS_OFFSET + 2 * queueSize),
    },
    used: {
      flags: read(usedRing),
      index: read(usedRing + RING_INDEX_OFFSET),
      ids,
      lengths,
      availEvent: read(usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * queueSize),
    },
  };
}

function copyDescriptors(memory: GuestMemory, table: number, count: number): DescriptorColumns {
  const bytes = new Uint8Array(descriptorTableLength(count));
  memory.copyOut(table, bytes, 0, bytes.length);
  const view = new DataView(bytes.buffer);
  const columns = {
    addresses: new Float64Array(count),
    lengths: new Uint32Array(count),
    flags: new Uint16Array(count),
    next: new Uint16Array(count),
  };
  for (let index = 0; index < count; index++) {
    const at = DESCRIPTOR_SIZE * index;
    const addressHigh = view.getUint32(at + 4, true);
    columns.addresses[index] = addressHigh * 2 ** 32 + view.getUint32(at, true);
    columns.lengths[index] = view.getUint32(at + 8, true);
    columns.flags[index] = view.getUint16(at + 12, true);
    columns.next[index] = view.getUint16(at + 14, true);
  }
  return columns;
}

/** Looks so often for a moment in which the worker does nothing: what it does is no more than a hint then. */
const LOOKS = 4;

/**
 * Every chain that is on its way, with the positions that belong to it: the worker goes on while the
 * guest stands still, so it is looked at until nothing has changed meanwhile.
 */
function findInFlight(
  link: DeviceLink,
  queue: number,
  { available, used }: Rings,
): QueuePositions & Pick<QueueSnapshot, 'inFlight'> {
  let positions = link.positions(queue);
  let taken: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    taken = takenHeads(link, queue, available.elements, positions.taken);
    const before = positions;
    positions = link.positions(queue);
    if (samePositions(before, positions)) break;
  }
  const { elements, index } = available;
  const notified = range(positions.taken, positions.doorbell, elements.length);
  const unnotified = range(positions.doorbell, index, elements.length);
  const served = range(positions.published, positions.returned, elements.length);
  const slot = (position: number) => position & (elements.length - 1);
  return {
    ...positions,
    inFlight: [
      ...served.map((position): InFlight => {
        const written = used.lengths[slot(position)];
        return { head: used.ids[slot(position)], state: 'served', index: position, written };
      }),
      ...taken.map((head): InFlight => ({ head, state: 'taken', index: null, written: null })),
      ...notified.map((position): InFlight => {
        return {
          head: elements[slot(position)],
          state: 'notified',
          index: position,
          written: null,
        };
      }),
      ...unnotified.map((position): InFlight => {
        const head = elements[slot(position)];
        return { head, state: 'available', index: position, written: null };
      }),
    ],
  };
}

/**
 * The heads of the chains that the device works on: first those that were taken so long ago that the
 * driver has used their place in the available ring again, then in the order in which they were taken.
 */
function takenHeads(
  link: DeviceLink,
  queue: number,
  elements: Uint16Array,
  taken: number,
): number[] {
  const size = elements.length;
  const recent: number[] = [];
  const seen = new Set<number>();
  for (let back = 1; back <= size; back++) {
    const head = elements[(taken - back) & (size - 1)];
    if (seen.has(head) || head >= size || !link.isUnderWay(queue, head)) continue;
    seen.add(head);
    recent.unshift(head);
  }
  const older: number[] = [];
  for (let head = 0; head < size; head++) {
    if (!seen.has(head) && link.isUnderWay(queue, head)) older.push(head);
  }
  return [...older, ...recent];
}

/** The free-running indices from `from` up to, not including, `to`: at most `limit`, whatever a driver says. */
function range(from: number, to: number, limit: number): number[] {
  const count = Math.min((to - from) & 0xffff, limit);
  return Array.from({ length: count }, (_, position) => (from + position) & 0xffff);
}

function samePositions(one: QueuePositions, other: QueuePositions): boolean {
  return (
    one.doorbell === other.doorbell &&
    one.taken === other.taken &&
    one.returned === other.returned &&
    one.published === other.published
  );
}
