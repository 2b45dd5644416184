import type { InFlight, QueueSnapshot } from '../../../../src/machine/index.ts';

const NEXT = 1;

/** What is to be so about a queue; the rest is empty. */
export interface FakeQueue {
  size?: number;
  /** Chains of descriptors, one after the other in the table: their lengths. */
  chains?: readonly number[];
  inFlight?: readonly InFlight[];
  availableIndex?: number;
  doorbell?: number;
  taken?: number;
  returned?: number;
  published?: number;
  usedEvent?: number;
  eventIndex?: boolean;
  /** What the available ring and the used ring hold, from slot 0 on. */
  elements?: readonly number[];
  ids?: readonly number[];
}

/** A snapshot of a queue that nobody has. */
export function fakeQueue(fake: FakeQueue = {}): QueueSnapshot {
  const { size = 8, chains = [], inFlight = [], elements = [], ids = [] } = fake;
  const index = fake.availableIndex ?? 0;
  const queue: QueueSnapshot = {
    place: 1,
    queue: 0,
    name: 'requestq',
    time: 0,
    enabled: true,
    resetting: false,
    size,
    maximumSize: size,
    descriptorTable: 0x1000,
    availableRing: 0x2000,
    usedRing: 0x3000,
    fault: null,
    availableIndex: index,
    doorbell: fake.doorbell ?? index,
    taken: fake.taken ?? index,
    returned: fake.returned ?? index,
    published: fake.published ?? index,
    eventIndex: fake.eventIndex ?? false,
    descriptors: {
      addresses: new Float64Array(size),
      lengths: new Uint32Array(size),
      flags: new Uint16Array(size),
      next: new Uint16Array(size),
    },
    available: {
      flags: 0,
      index,
      elements: new Uint16Array(size),
      usedEvent: fake.usedEvent ?? 0,
    },
    used: {
      flags: 0,
      index: fake.published ?? index,
      ids: new Uint32Array(size),
      lengths: new Uint32Array(size),
      availEvent: 0,
    },
    inFlight: [...inFlight],
  };
  queue.available.elements.set(elements);
  queue.used.ids.set(ids);
  let descriptor = 0;
  for (const length of chains) {
    for (let left = length; left > 0; left--, descriptor++) {
      queue.descriptors.flags[descriptor] = left > 1 ? NEXT : 0;
      queue.descriptors.next[descriptor] = left > 1 ? descriptor + 1 : 0;
    }
  }
  return queue;
}

/** A chain in flight. */
export function flying(
  head: number,
  state: InFlight['state'],
  index: number | null = null,
): InFlight {
  return { head, state, index, written: null };
}
