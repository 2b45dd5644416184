import {
  HEADER_LENGTH,
  VIRTIO_BLK_T_DISCARD,
  VIRTIO_BLK_T_IN,
} from '../../../devices/block/layout.ts';
import { Feature } from '../../../link/features.ts';
import {
  DESCRIPTOR_SIZE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../ring/layout.ts';
import { QUEUE_SIZE, type ScratchDriver } from './driver.ts';
import { BUFFERS, DISK_SECTORS, layBlockRequest } from './kinds.ts';
import type { ScriptedViolation, ViolationClause } from './violation.ts';

/** What the device says to a mistake after which nothing is certain any more. */
const NEEDS_RESET: ViolationClause = {
  id: 'BASIC-002',
  section: '2.1.2',
  text: 'The device SHOULD set DEVICE_NEEDS_RESET when it enters an error state that a reset is needed',
};

const FRAMING: ViolationClause = {
  id: 'SPLIT-001',
  section: '2.7.4',
  text: 'The device MUST NOT make assumptions about the particular arrangement of descriptors',
};

/** What drivers must keep to, in our words. */
function driverRule(section: string, text: string): ViolationClause {
  return { id: '', section, text };
}

/** A type that no version of the specification has. */
const UNKNOWN_TYPE = 99;

/** Makes the chain at descriptor 0 available and notifies. */
function send(driver: ScratchDriver): void {
  driver.makeAvailable(0);
  driver.notify();
}

/** Changes the last descriptor of an honest chain. */
function changeLast(driver: ScratchDriver, count: number, flags: number, next: number): void {
  const at = driver.layout.descriptorTable + DESCRIPTOR_SIZE * (count - 1);
  const { memory } = driver;
  memory.write16(at + 12, memory.read16(at + 12) | flags);
  memory.write16(at + 14, next);
}

const chains: ScriptedViolation[] = [
  {
    id: 'loop',
    title: 'The last descriptor of a chain names itself as the next one.',
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'A chain that is longer than its table is none.',
    rule: driverRule('2.7.5.2', 'A chain must not be longer than 2^32 bytes, so it has no loops.'),
    clause: NEEDS_RESET,
    commit: (driver, lay) => {
      const count = lay();
      changeLast(driver, count, VIRTQ_DESC_F_NEXT, count - 1);
      send(driver);
    },
  },
  {
    id: 'next-beyond-table',
    title: `A chain goes on at descriptor ${QUEUE_SIZE} of a table with ${QUEUE_SIZE} entries.`,
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'There is no such descriptor.',
    rule: driverRule('2.7.5', 'The next descriptor is one of the table.'),
    clause: NEEDS_RESET,
    commit: (driver, lay) => {
      changeLast(driver, lay(), VIRTQ_DESC_F_NEXT, QUEUE_SIZE);
      send(driver);
    },
  },
  {
    id: 'buffer-outside-ram',
    title: 'A buffer begins where RAM ends.',
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'There is no memory to use.',
    rule: driverRule('2.7.5', 'The address is that of a buffer in memory.'),
    clause: NEEDS_RESET,
    commit: (driver, lay) => {
      const last = driver.layout.descriptorTable + DESCRIPTOR_SIZE * (lay() - 1);
      driver.memory.write32(last, driver.memory.size);
      send(driver);
    },
  },
  {
    id: 'readable-after-writable',
    title: 'A buffer for the device to read comes after one for it to write.',
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'The specification forbids it.',
    rule: driverRule('2.7.4.2', 'Device-writable descriptors come after all device-readable ones.'),
    clause: NEEDS_RESET,
    commit: (driver) => {
      const flags = VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_NEXT;
      driver.describe(0, { address: BUFFERS.data, length: 16, flags, next: 1 });
      driver.describe(1, { address: BUFFERS.header, length: HEADER_LENGTH });
      send(driver);
    },
  },
  {
    id: 'indirect-nested',
    title: 'An indirect table refers to another indirect table.',
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'The specification forbids it.',
    rule: driverRule('2.7.5.3.1', 'No descriptor of an indirect table has INDIRECT set.'),
    clause: NEEDS_RESET,
    features: [Feature.indirectDescriptors],
    commit: (driver) => {
      const table = { address: BUFFERS.table, length: DESCRIPTOR_SIZE };
      driver.describe(0, { ...table, flags: VIRTQ_DESC_F_INDIRECT });
      driver.describe(0, { ...table, flags: VIRTQ_DESC_F_INDIRECT }, BUFFERS.table);
      send(driver);
    },
  },
  {
    id: 'indirect-length',
    title: 'An indirect table has 20 bytes, which are no whole descriptors.',
    group: 'chains',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'It does not say what is in it.',
    rule: driverRule('2.7.5.3', 'An indirect table is an array of descriptors.'),
    clause: NEEDS_RESET,
    features: [Feature.indirectDescriptors],
    commit: (driver) => {
      const length = DESCRIPTOR_SIZE + 4;
      driver.describe(0, { address: BUFFERS.table, length, flags: VIRTQ_DESC_F_INDIRECT });
      send(driver);
    },
  },
];

const queues: ScriptedViolation[] = [
  {
    id: 'available-leap',
    title: `The available index moves by ${QUEUE_SIZE + 1} in a queue of ${QUEUE_SIZE}.`,
    group: 'queues',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'More is available than there can be.',
    rule: driverRule('2.7.13', 'A chain is made available where the ring has a free place.'),
    clause: NEEDS_RESET,
    commit: (driver, lay) => {
      lay();
      driver.leap(QUEUE_SIZE);
      send(driver);
    },
  },
  {
    id: 'head-out-of-range',
    title: `The available ring names descriptor ${QUEUE_SIZE} of a table with ${QUEUE_SIZE} entries.`,
    group: 'queues',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'There is no such descriptor.',
    rule: driverRule('2.7.6', 'An element of the available ring is the head of a chain.'),
    clause: NEEDS_RESET,
    commit: (driver) => {
      driver.makeAvailable(QUEUE_SIZE);
      driver.notify();
    },
  },
  {
    id: 'same-head',
    title: 'One chain is made available three times at once.',
    group: 'queues',
    expected: 'served',
    reason: 'The device copies chains; each of the three comes back.',
    rule: driverRule('2.7.13', 'A descriptor is free again when its chain has come back.'),
    clause: null,
    answers: 3,
    commit: (driver, lay) => {
      lay();
      for (let time = 0; time < 3; time++) driver.makeAvailable(0);
      driver.notify();
    },
  },
  {
    id: 'used-ring-scribbled',
    title: 'The driver writes nonsense all over the used ring.',
    group: 'queues',
    expected: 'served',
    reason: 'The device never reads the used ring.',
    rule: driverRule('2.7.8', 'The used ring is written by the device and read by the driver.'),
    clause: null,
    commit: (driver, lay) => {
      lay();
      driver.scribble();
      send(driver);
    },
  },
];

const blockRequests: ScriptedViolation[] = [
  {
    id: 'sector-out-of-range',
    title: `A disk of ${DISK_SECTORS} sectors is asked for sector ${DISK_SECTORS}.`,
    group: 'requests',
    expected: 'IOERR',
    reason: 'It cannot be done, and no part of it is.',
    rule: driverRule('5.2.6.1', 'A request does not go beyond the capacity.'),
    clause: null,
    kinds: ['block'],
    commit: (driver) => {
      layBlockRequest(driver, VIRTIO_BLK_T_IN, DISK_SECTORS);
      send(driver);
    },
  },
  {
    id: 'data-length',
    title: 'A read asks for 100 bytes, which are no whole sectors.',
    group: 'requests',
    expected: 'IOERR',
    reason: 'It cannot be done, and no part of it is.',
    rule: driverRule('5.2.6.1', 'The length of the data is a multiple of 512.'),
    clause: null,
    kinds: ['block'],
    commit: (driver) => {
      layBlockRequest(driver, VIRTIO_BLK_T_IN, 0, { length: 100 });
      send(driver);
    },
  },
  {
    id: 'type-unknown',
    title: `A request is of type ${UNKNOWN_TYPE}, which nobody knows.`,
    group: 'requests',
    expected: 'UNSUPP',
    reason: 'The status for what is not supported.',
    rule: driverRule(
      '5.2.6',
      'The types of requests are listed; what a device offers are its features.',
    ),
    clause: null,
    kinds: ['block'],
    commit: (driver) => {
      layBlockRequest(driver, UNKNOWN_TYPE, 0);
      send(driver);
    },
  },
  {
    id: 'segment-flags',
    title: 'A discard has the flag UNMAP, which only write-zeroes may have.',
    group: 'requests',
    expected: 'UNSUPP',
    reason: 'The specification says so, before anything else is looked at.',
    rule: driverRule('5.2.6.1', 'The unmap flag of a discard is 0.'),
    clause: {
      id: 'BLK-019',
      section: '5.2.6.2',
      text: 'Furthermore, the device MUST set the status byte to VIRTIO_BLK_S_UNSUPP for discard commands if the unmap flag is set.',
    },
    kinds: ['block'],
    commit: (driver) => {
      driver.memory.write32(BUFFERS.data + 8, 8); // sectors
      driver.memory.write32(BUFFERS.data + 12, 1); // flags: UNMAP
      layBlockRequest(driver, VIRTIO_BLK_T_DISCARD, 0, { length: 16, readableData: true });
      send(driver);
    },
  },
  {
    id: 'header-short',
    title: 'The header of a request has 8 of its 16 bytes.',
    group: 'requests',
    expected: 'IOERR',
    reason: 'What is asked is unknown, but there is a byte to say so.',
    rule: driverRule('5.2.6', 'A request begins with type, a reserved word and sector.'),
    clause: FRAMING,
    kinds: ['block'],
    commit: (driver) => {
      layBlockRequest(driver, VIRTIO_BLK_T_IN, 0, { headerLength: 8 });
      send(driver);
    },
  },
  {
    id: 'status-missing',
    title: 'A request has no byte that the device could write its status to.',
    group: 'requests',
    expected: 'DEVICE_NEEDS_RESET',
    reason: 'Coming back without an answer would look like success.',
    rule: driverRule('5.2.6', 'The last byte of a request is its status, which the device writes.'),
    clause: NEEDS_RESET,
    kinds: ['block'],
    commit: (driver) => {
      layBlockRequest(driver, VIRTIO_BLK_T_IN, 0);
      driver.describe(0, { address: BUFFERS.header, length: HEADER_LENGTH });
      send(driver);
    },
  },
];

const otherRequests: ScriptedViolation[] = [
  {
    id: 'rng-nothing-to-fill',
    title: 'A chain for random bytes has nothing that the device could write to.',
    group: 'requests',
    expected: 'ignored',
    reason: 'There is nobody to tell: the buffer comes back with a length of 0.',
    rule: driverRule('5.4.6.1', 'The buffers for random bytes are device-writable.'),
    clause: null,
    kinds: ['rng'],
    commit: (driver) => {
      driver.describe(0, { address: BUFFERS.data, length: 64 });
      send(driver);
    },
  },
  {
    id: 'transmit-nothing',
    title: 'A chain to be transmitted has nothing that the device could read.',
    group: 'requests',
    expected: 'ignored',
    reason: 'There is nothing to transmit: the buffer comes back.',
    rule: driverRule('5.3.6.1', 'The buffers of a transmit queue are device-readable.'),
    clause: null,
    kinds: ['console'],
    commit: (driver) => {
      driver.describe(0, { address: BUFFERS.data, length: 64, flags: VIRTQ_DESC_F_WRITE });
      send(driver);
    },
  },
];

/** What can be broken on purpose: some of each table of SPECIFICATION.md, "The driver's mistakes". */
export const violations: readonly ScriptedViolation[] = [
  ...chains,
  ...queues,
  ...blockRequests,
  ...otherRequests,
];
