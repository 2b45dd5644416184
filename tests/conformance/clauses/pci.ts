import { type Clause, must, notApplicable, section, should } from '../clause.ts';

const NO_NOTIFICATION_DATA = 'VIRTIO_F_NOTIFICATION_DATA is not offered';
const NO_SHARED_MEMORY = 'there is no shared memory capability';
const NO_VENDOR_DATA = 'there is no vendor data capability';
const NO_MSIX = 'there is no MSI-X capability: interrupts come by the line';

/** Virtio over PCI. */
export const pciClauses: Clause[] = [
  ...section('Virtio Over PCI Bus', [
    must('PCI-001', 'to the guest the device is a PCI function as the PCI specification has it'),
  ]),
  ...section('PCI Device Discovery', [
    must('PCI-002', 'the vendor is 0x1AF4'),
    should('PCI-003', 'the device number of a modern device lies between 0x1040 and 0x107F'),
    should('PCI-004', 'the revision of a modern device is 1 or more'),
    should('PCI-005', 'the subsystem number of a modern device is 0x40 or more'),
  ]),
  ...section('PCI Device Layout', [
    must('PCI-006', 'each half of a 64-bit field can be reached by itself'),
  ]),
  ...section('Virtio Structure PCI Capabilities', [
    must('PCI-007', 'the length of a capability counts all that belongs to it'),
    notApplicable(
      'there is one structure of each type',
      should('PCI-008', 'of several structures of a type the best comes first'),
    ),
  ]),
  ...section('Common configuration structure layout', [
    must('PCI-009', 'the structure is aligned to 4 bytes'),
    must('PCI-010', 'there is a capability for it'),
    must('PCI-011', 'device_feature shows the offer, 32 bits for each select'),
    must('PCI-012', 'driver_feature shows what the driver has chosen, 32 bits for each select'),
    must('PCI-013', 'config_generation differs once a value was read that has changed meanwhile'),
    must('PCI-014', 'a status of 0 that is written resets the device, and reads as 0 when it has'),
    must('PCI-015', 'after a reset queue_enable is 0'),
    must('PCI-016', 'after a reset queue_reset is 0'),
    must('PCI-017', 'once a queue is enabled its queue_reset is 0'),
    must('PCI-018', 'writing 1 to queue_reset resets the queue'),
    must('PCI-019', 'queue_reset stays 1 for as long as that takes'),
    must('PCI-020', 'when the reset of a queue is done, queue_reset and queue_enable are 0'),
    must('PCI-021', 'queue_size is 0 for a queue that does not exist'),
    must('PCI-022', 'queue_size is 0 or a power of two'),
    notApplicable(
      'VIRTIO_F_ADMIN_VQ is not offered',
      must('PCI-023', 'administration queues are numbered after all others, within 16 bits'),
    ),
  ]),
  ...section('Notification capability', [
    must('PCI-024', 'there is a notification capability'),
    must('PCI-025', 'its structure is aligned to 2 bytes'),
    must('PCI-026', 'notify_off_multiplier is 0 or an even power of two'),
    must('PCI-027', 'the structure has room for the notification of every queue'),
    notApplicable(
      NO_NOTIFICATION_DATA,
      must('PCI-028', 'notify_off_multiplier is 0 or a power of two that 4 divides'),
    ),
    notApplicable(NO_NOTIFICATION_DATA, must('PCI-029', 'its structure is aligned to 4 bytes')),
    notApplicable(
      NO_NOTIFICATION_DATA,
      must('PCI-030', 'the structure has 4 bytes for the notification of every queue'),
    ),
  ]),
  ...section('ISR status capability', [
    must('PCI-031', 'there is an ISR capability'),
    must('PCI-032', 'the ISR names a configuration change before the driver is told of it'),
    must('PCI-033', 'the ISR names the queues before the driver is told of a used buffer'),
    must('PCI-034', 'the interrupt bit of the PCI status is set while any bit of the ISR is'),
    must('PCI-035', 'reading the ISR makes it 0'),
  ]),
  ...section('Device-specific configuration', [
    must('PCI-036', 'the structure is aligned to 4 bytes'),
  ]),
  ...section('Shared memory capability', [
    notApplicable(NO_SHARED_MEMORY, must('PCI-037', 'the region lies inside its BAR')),
    notApplicable(NO_SHARED_MEMORY, must('PCI-038', 'each region has a number of its own')),
  ]),
  ...section('Vendor data capability', [
    notApplicable(NO_VENDOR_DATA, must('PCI-039', 'its vendor is another than 0x1AF4')),
    notApplicable(NO_VENDOR_DATA, must('PCI-040', 'its size is a multiple of 4 bytes')),
    notApplicable(NO_VENDOR_DATA, must('PCI-041', 'reading it changes nothing')),
  ]),
  ...section('PCI configuration access capability', [
    must('PCI-042', 'there is such a capability'),
    must('PCI-043', 'a write to its data is one to the BAR, of the length that was set'),
    must('PCI-044', 'a read of its data is one of the BAR, of the length that was set'),
  ]),
  ...section('MSI-X Vector Configuration', [
    notApplicable(NO_MSIX, should('PCI-045', 'there are between 2 and 0x800 vectors')),
    notApplicable(NO_MSIX, must('PCI-046', 'the table size says how many vectors there are')),
    notApplicable(NO_MSIX, must('PCI-047', 'any event can have any vector')),
    notApplicable(NO_MSIX, must('PCI-048', 'any event can be without a vector')),
    must('PCI-049', 'the vector registers read as the vector of the event, or as none'),
    notApplicable(NO_MSIX, must('PCI-050', 'after a reset no event has a vector')),
    notApplicable(NO_MSIX, should('PCI-051', 'a vector is refused only where it is impossible')),
    notApplicable(NO_MSIX, must('PCI-052', 'a vector that was refused reads as none')),
  ]),
  ...section('Used Buffer Notifications', [
    notApplicable(NO_MSIX, must('PCI-053', 'a queue without a vector does not interrupt')),
  ]),
  ...section('Notification of Device Configuration Changes', [
    notApplicable(NO_MSIX, must('PCI-054', 'changes without a vector do not interrupt')),
  ]),
];
