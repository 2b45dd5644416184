/** What VIRTIO 1.4 says of something. */
export interface Clause {
  /** Number of the section. */
  section: string;
  /** The specification's own words; empty where only the section is known. */
  text: string;
}

/** A word of virtio, or of Ringbox, for people who meet it for the first time. */
export interface Term {
  /** The specification's name where it has one. */
  name: string;
  /** A sentence or two of ours. */
  meaning: string;
  /** Null for what is Ringbox's own. */
  clause: Clause | null;
}

/** Titles of the sections of VIRTIO 1.4 that are named. */
const SECTIONS: Readonly<Record<string, string>> = {
  '2.1': 'Device Status Field',
  '2.1.2': 'Device Requirements: Device Status Field',
  '2.2': 'Feature Bits',
  '2.3': 'Notifications',
  '2.4': 'Device Reset',
  '2.5': 'Device Configuration Space',
  '2.6': 'Virtqueues',
  '2.6.1': 'Virtqueue Reset',
  '2.7': 'Split Virtqueues',
  '2.7.4': 'Message Framing',
  '2.7.5': 'The Virtqueue Descriptor Table',
  '2.7.5.2': 'Driver Requirements: The Virtqueue Descriptor Table',
  '2.7.5.3': 'Indirect Descriptors',
  '2.7.5.3.1': 'Driver Requirements: Indirect Descriptors',
  '2.7.6': 'The Virtqueue Available Ring',
  '2.7.7': 'Used Buffer Notification Suppression',
  '2.7.8': 'The Virtqueue Used Ring',
  '2.7.10': 'Available Buffer Notification Suppression',
  '2.7.13': 'Supplying Buffers to The Device',
  '2.7.13.2': 'Updating The Available Ring',
  '2.7.13.3': 'Updating idx',
  '2.7.13.4': 'Notifying The Device',
  '2.7.14': 'Receiving Used Buffers From The Device',
  '3.1': 'Device Initialization',
  '4.1': 'Virtio Over PCI Bus',
  '4.1.4.3': 'Common configuration structure layout',
  '4.1.4.4': 'Notification structure layout',
  '4.1.4.5': 'ISR status capability',
  '4.1.5.2': 'Available Buffer Notifications',
  '4.1.5.3': 'Used Buffer Notifications',
  '4.1.5.4': 'Notification of Device Configuration Changes',
  '4.1.5.5': 'Driver Handling Interrupts',
  '5.2': 'Block Device',
  '5.2.3': 'Block Device: Feature bits',
  '5.2.4': 'Block Device: Device configuration layout',
  '5.2.6': 'Block Device: Device Operation',
  '5.3': 'Console Device',
  '5.3.3': 'Console Device: Feature bits',
  '5.3.4': 'Console Device: Device configuration layout',
  '5.3.6': 'Console Device: Device Operation',
  '5.3.6.2': 'Console Device: Multiport Device Operation',
  '5.4': 'Entropy Device',
  '5.4.6': 'Entropy Device: Device Operation',
  '6': 'Reserved Feature Bits',
};

/** The title of a section of VIRTIO 1.4; empty for one that nobody here has named. */
export function sectionTitle(section: string): string {
  return SECTIONS[section] ?? '';
}

function term(name: string, meaning: string, section: string, text: string): Term {
  return { name, meaning, clause: { section, text } };
}

function status(name: string, meaning: string, text: string): Term {
  return term(name, meaning, '2.1', text);
}

function own(name: string, meaning: string): Term {
  return { name, meaning, clause: null };
}

/** Everything that the inspector draws has a line here. */
export const GLOSSARY = {
  virtqueue: term(
    'virtqueue',
    'The way by which driver and device hand buffers to each other: a table and two rings in the guest’s memory.',
    '2.7',
    'When the driver wants to send a buffer to the device, it fills in a slot in the descriptor table (or chains several together), and writes the descriptor index into the available ring. It then notifies the device. When the device has finished a buffer, it writes the descriptor index into the used ring, and sends a used buffer notification.',
  ),
  descriptorTable: term(
    'descriptor table',
    'The box in the middle. Each entry names one buffer in the guest’s memory. Only the driver writes here.',
    '2.7.5',
    'The descriptor table refers to the buffers the driver is using for the device. addr is a physical address, and the buffers can be chained via next.',
  ),
  availableRing: term(
    'available ring',
    'The outer ring. Here the driver puts the number of the first descriptor of each chain that it offers.',
    '2.7.6',
    'The driver uses the available ring to offer buffers to the device: each ring entry refers to the head of a descriptor chain. It is only written by the driver and read by the device.',
  ),
  usedRing: term(
    'used ring',
    'The inner ring. Here the device puts each chain that it is done with, and how much it has written to it.',
    '2.7.8',
    'The used ring is where the device returns buffers once it is done with them: it is only written to by the device, and read by the driver.',
  ),
  availableIndex: term(
    'avail idx',
    'How many chains the driver has made available. It only grows; its place on the ring is the rest after dividing by the queue size.',
    '2.7.6',
    'idx field indicates where the driver would put the next descriptor entry in the ring (modulo the queue size). This starts at 0, and increases.',
  ),
  doorbell: term(
    'doorbell',
    'The driver’s notification. Ringbox passes on with it how far the available ring is filled; the device takes chains up to there and no further.',
    '2.7.13.4',
    'The actual method of device notification is bus-specific, but generally it can be expensive. So the device MAY suppress such notifications if it doesn’t need them.',
  ),
  taken: own(
    'taken',
    'How far the device has taken chains from the available ring. The specification leaves it to the device to keep this number; here it is a word that the worker shares.',
  ),
  returned: own(
    'returned',
    'How far the device has put elements into the used ring. Until used idx follows, the driver does not look at them.',
  ),
  usedIndex: term(
    'used idx',
    'How many chains have come back, as the driver sees it. Storing it makes all elements before it visible at once.',
    '2.7.8',
    'idx field indicates where the device would put the next descriptor entry in the ring (modulo the queue size). This starts at 0, and increases.',
  ),
  usedEvent: term(
    'used_event',
    'The driver’s wish in the available ring: notify me once you have used the element with this index.',
    '2.7.7',
    'The driver MAY use used_event to advise the device that notifications are unnecessary until the device writes an entry with an index specified by used_event into the used ring.',
  ),
  availEvent: term(
    'avail_event',
    'The device’s wish in the used ring: notify me once you have made the chain with this index available.',
    '2.7.10',
    'The device MAY use avail_event to advise the driver that notifications are unnecessary until the driver writes entry with an index specified by avail_event into the available ring.',
  ),
  availableFlags: term(
    'avail flags',
    'With VIRTIO_F_EVENT_IDX always 0. Without, 1 says that the driver does not need interrupts.',
    '2.7.7',
    'If the VIRTIO_F_EVENT_IDX feature bit is not negotiated, the flags field in the available ring offers a crude mechanism for the driver to inform the device that it doesn’t want notifications when buffers are used.',
  ),
  usedFlags: term(
    'used flags',
    'With VIRTIO_F_EVENT_IDX always 0. Without, 1 says that the device does not need doorbells.',
    '2.7.10',
    'The device can suppress available buffer notifications in a manner analogous to the way drivers can suppress used buffer notifications.',
  ),
  available: own(
    'available, not told',
    'In the available ring, but no doorbell has carried it yet: the device does not know of it.',
  ),
  notified: own(
    'waiting',
    'A doorbell has told of it, and the device has not come to it: it is busy, held, or has nothing to put into it yet.',
  ),
  atWork: own(
    'at work',
    'The device has taken the chain, and reads or writes its buffers. Nobody else may touch them.',
  ),
  served: own(
    'done, not visible',
    'Its element lies in the used ring, but used idx is not there yet: Ringbox first lets the CPU forget what it has compiled of the memory that the device wrote to.',
  ),
  chain: term(
    'descriptor chain',
    'One request: its buffers one after the other, first those that the device reads, then those that it writes to.',
    '2.7.13.2',
    'The descriptor chain head is the first d in the algorithm above, ie. the index of the descriptor table entry referring to the first part of the buffer.',
  ),
  readable: term(
    'device-readable buffer',
    'The driver has filled it; the device only reads it.',
    '2.7.5',
    'Each descriptor describes a buffer which is read-only for the device (“device-readable”) or write-only for the device (“device-writable”), but a chain of descriptors can contain both device-readable and device-writable buffers.',
  ),
  writable: term(
    'device-writable buffer',
    'Room for what the device answers: VIRTQ_DESC_F_WRITE is set. In a chain it comes after all that the device reads.',
    '2.7.4',
    'The driver MUST place any device-writable descriptor elements after any device-readable descriptor elements.',
  ),
  indirect: term(
    'indirect descriptor',
    'It is no buffer: it says where a further table of descriptors lies, so that a long chain takes one entry of the queue only.',
    '2.7.5.3',
    'To increase ring capacity the driver can store a table of indirect descriptors anywhere in memory, and insert a descriptor in main virtqueue (with flags&VIRTQ_DESC_F_INDIRECT on) that refers to memory buffer containing this indirect descriptor table.',
  ),
  descriptorAddress: term(
    'addr',
    'Where the buffer begins, as a physical address of the guest.',
    '2.7.5',
    'Address (guest-physical).',
  ),
  descriptorLength: term('len', 'Bytes of the buffer.', '2.7.5', 'Length.'),
  descriptorFlags: term(
    'flags',
    'NEXT: the chain goes on. WRITE: the device writes to this buffer. INDIRECT: it is a table of descriptors.',
    '2.7.5',
    'This marks a buffer as continuing via the next field. This marks a buffer as device write-only (otherwise device read-only). This means the buffer contains a list of buffer descriptors.',
  ),
  descriptorNext: term(
    'next',
    'The descriptor that follows in the chain, if NEXT is set.',
    '2.7.5',
    'Next field if flags & NEXT',
  ),
  availableElement: term(
    'ring[ ] of the available ring',
    'The head of a chain: the number of its first descriptor.',
    '2.7.13.2',
    'avail->ring[avail->idx % qsz] = head;',
  ),
  usedElement: term(
    'ring[ ] of the used ring',
    'id is the head of the chain that comes back, len the number of bytes that the device has written to it.',
    '2.7.8',
    'id indicates the head entry of the descriptor chain describing the buffer (this matches an entry placed in the available ring by the guest earlier), and len the total of bytes written into the buffer.',
  ),
  timeline: own(
    'timeline',
    'Each thread has rows of its own, and time goes from left to right. The arrow keys go from event to event, the Page keys through time, + and − zoom. A drag moves through time as well; a click chooses an event, and shows the way of its chain. A drag along the times above, or Shift with the arrow keys, selects a piece: the numbers are of that alone then, and Escape gives the whole again.',
  ),
  syncPoint: own(
    'sync point',
    'A moment at which the guest stands still and the CPU thread runs Ringbox’s code. The worker asks for one before it publishes: there the CPU forgets what it has compiled of the memory that was written.',
  ),
  rest: own(
    'the rest',
    'What is rarer: device status, queues that are enabled, resets, pauses, and looks of the CPU thread at a device that wants attention.',
  ),
  record: own(
    'record',
    'Keeps all events from now on, a million at most, to be looked at afterwards, saved as a file, and opened again without a machine.',
  ),
  latency: own(
    'latency',
    'How long a stage of the chains’ way takes, from left to right on a logarithmic scale; the dark line is the median.',
  ),
  hold: own(
    'hold',
    'The device takes no more chains and shows nothing more, from now on. The guest goes on; what it waits for does not come. Release lets everything go on, and nothing is lost.',
  ),
  take: own(
    'take one chain',
    'The held device takes the next chain that a doorbell has told of, reads and writes its buffers, and puts its element into the used ring, where the driver cannot see it yet.',
  ),
  publish: term(
    'publish one element',
    'The held device stores used idx, one further than it was: the driver can see one more element. Before, the CPU forgets what it has compiled of the memory that was written.',
    '2.7.8',
    'The device MUST set len prior to updating the used idx. The device MUST write at least len bytes to descriptor, beginning at the first device-writable buffer, prior to updating the used idx.',
  ),
  slowMotion: own(
    'slow motion',
    'The device takes a step about once a second: it publishes what is done, or takes what waits.',
  ),
  withhold: own(
    'withhold interrupts',
    'What the driver would be told by an interrupt is gathered and not told. A driver that waits for interrupts waits on, though used idx has moved.',
  ),
  deliver: term(
    'deliver',
    'The driver is told now what was withheld.',
    '4.1.5.3',
    'If MSI-X capability is disabled: Set the lower bit of the ISR Status field for the device. Send the appropriate PCI interrupt for the device.',
  ),
  queueSize: term(
    'queue size',
    'Entries of the table and of each ring; always a power of two.',
    '2.7',
    'Queue Size corresponds to the maximum number of buffers in the virtqueue. Queue Size value is always a power of 2. The maximum Queue Size value is 32768.',
  ),
  queueEnable: term(
    'queue_enable',
    'The driver has set the queue up and handed it to the device.',
    '4.1.4.3',
    'The driver uses this to selectively prevent the device from executing requests from this virtqueue. 1 - enabled; 0 - disabled.',
  ),
  isr: term(
    'ISR status',
    'Why the device interrupts: bit 0 for a queue, bit 1 for the configuration. By reading it the driver clears it, and the line goes down.',
    '4.1.4.5',
    'To avoid an extra access, simply reading this register resets it to 0 and causes the device to de-assert the interrupt.',
  ),
  interruptLine: term(
    'interrupt line',
    'INTA# of the device’s PCI slot. It may be shared, so the driver asks each device’s ISR status.',
    '4.1.5.3',
    'If MSI-X capability is disabled: Set the lower bit of the ISR Status field for the device. Send the appropriate PCI interrupt for the device.',
  ),
  deviceStatus: term(
    'device status',
    'How far driver and device have come in getting to know each other.',
    '2.1',
    'The device status field provides a simple low-level indication of the completed steps of this sequence. It’s most useful to imagine it hooked up to traffic lights on the console indicating the status of each device.',
  ),
  acknowledge: status(
    'ACKNOWLEDGE',
    'The guest has seen the device.',
    'Indicates that the guest OS has found the device and recognized it as a valid virtio device.',
  ),
  driver: status(
    'DRIVER',
    'The guest has a driver for it.',
    'Indicates that the guest OS knows how to drive the device.',
  ),
  featuresOk: status(
    'FEATURES_OK',
    'Driver and device agree on features. The driver reads it back: if it does not stay, they do not.',
    'Indicates that the driver has acknowledged all the features it understands, and feature negotiation is complete.',
  ),
  driverOk: status(
    'DRIVER_OK',
    'The queues are there: from now on the device works.',
    'Indicates that the driver is set up and ready to drive the device.',
  ),
  failed: status(
    'FAILED',
    'The driver has given up.',
    'Indicates that something went wrong in the guest, and it has given up on the device.',
  ),
  feature: term(
    'feature bit',
    'What the device can do beyond the least; the driver accepts what it understands.',
    '2.2',
    'Each virtio device offers all the features it understands. During device initialization, the driver reads this and tells the device the subset that it accepts. The only way to renegotiate is to reset the device.',
  ),
  configuration: term(
    'device configuration space',
    'Facts about this device that rarely change, such as the size of a disk.',
    '2.5',
    'Device configuration space is generally used for rarely-changing or initialization-time parameters.',
  ),
  generation: term(
    'config_generation',
    'Changes with the configuration, so that a driver notices when it has read half of an old one.',
    '4.1.4.3',
    'Configuration atomicity value. The device changes this every time the configuration noticeably changes.',
  ),
  needsReset: term(
    'DEVICE_NEEDS_RESET',
    'The device cannot go on: what the driver gave it makes no sense. Only a reset helps.',
    '2.1',
    'Indicates that the device has experienced an error from which it can’t recover.',
  ),
} as const satisfies Record<string, Term>;

export type TermName = keyof typeof GLOSSARY;
