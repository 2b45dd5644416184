import { type Clause, must, notApplicable, section, should } from '../clause.ts';

const NO_ZONES = 'VIRTIO_BLK_F_ZONED is not offered';
const NO_LIFETIME = 'VIRTIO_BLK_F_LIFETIME is not offered';

/** The block device. */
export const blockClauses: Clause[] = [
  ...section('Block Device / Device Initialization', [
    must('BLK-001', 'FLUSH is offered (it must be wherever CONFIG_WCE is)'),
    must('BLK-002', 'with CONFIG_WCE but not FLUSH writeback begins as 0'),
    must('BLK-003', 'the padding of the configuration space is 0'),
    should('BLK-004', 'a disk without zones does not offer ZONED'),
    must('BLK-005', 'a legacy device does not offer ZONED'),
    notApplicable(
      NO_ZONES,
      should('BLK-006', 'a driver without ZONED gets a disk that can do without, its fields 0'),
    ),
    notApplicable(
      NO_ZONES,
      must('BLK-007', 'a disk that needs zones refuses a driver without ZONED'),
    ),
    notApplicable(NO_ZONES, must('BLK-008', 'with ZONED the model is told')),
    notApplicable(NO_ZONES, must('BLK-009', 'zone_sectors is the size of a zone')),
    notApplicable(NO_ZONES, must('BLK-010', 'max_open_zones says how many zones may be open')),
    notApplicable(NO_ZONES, must('BLK-011', 'max_active_zones says how many zones may be active')),
    notApplicable(NO_ZONES, must('BLK-012', 'max_append_sectors says how much can be appended')),
    notApplicable(
      NO_ZONES,
      must('BLK-013', 'max_append_sectors is no more than a request can carry'),
    ),
    notApplicable(NO_ZONES, must('BLK-014', 'write_granularity is what writes must be aligned to')),
    notApplicable(NO_ZONES, must('BLK-015', 'the padding behind these fields is 0')),
  ]),
  ...section('Block Device / Device Operation', [
    should('BLK-016', 'a field that changes brings a notification'),
    must('BLK-017', 'a read-only disk answers a write with IOERR and writes nothing'),
    must('BLK-018', 'discard, secure erase and write-zeroes with an unknown flag get UNSUPP'),
    must('BLK-019', 'discard with the unmap flag gets UNSUPP'),
    must('BLK-020', 'after write-zeroes the sectors read as zeroes'),
    should('BLK-021', 'write_zeroes_may_unmap is 0 only where nothing could be deallocated'),
    notApplicable(
      'write_zeroes_may_unmap of a disk does not change',
      should('BLK-022', 'write_zeroes_may_unmap brings a notification when it changes'),
    ),
    must('BLK-023', 'what must be stable is in the storage before its request is answered'),
    notApplicable(
      'no storage of ours has lifetime metrics',
      should('BLK-024', 'storage with lifetime metrics offers LIFETIME'),
    ),
    must('BLK-025', 'storage without them does not offer LIFETIME'),
    notApplicable(NO_LIFETIME, must('BLK-026', 'no reserved value is among the metrics')),
    must('BLK-027', 'without ZONED every request about zones gets UNSUPP'),
    notApplicable(NO_ZONES, must('BLK-028', 'conventional zones are not opened, closed or reset')),
    notApplicable(
      NO_ZONES,
      must('BLK-029', 'only zones that must be written in order are appended to'),
    ),
    notApplicable(NO_ZONES, must('BLK-030', 'a zone that cannot be opened gets ZONE_INVALID_CMD')),
    notApplicable(NO_ZONES, must('BLK-031', 'too many open or active zones are refused as such')),
    notApplicable(NO_ZONES, must('BLK-032', 'a zone that cannot be closed gets ZONE_INVALID_CMD')),
    notApplicable(NO_ZONES, must('BLK-033', 'a zone that cannot be finished stays as it is')),
    notApplicable(NO_ZONES, must('BLK-034', 'a zone that cannot be reset stays as it is')),
    notApplicable(
      NO_ZONES,
      must('BLK-035', 'a write that would open too many zones is refused as such'),
    ),
    notApplicable(NO_ZONES, must('BLK-036', 'an append names the first sector of its zone')),
    notApplicable(NO_ZONES, must('BLK-037', 'what does not fit into its zone is refused')),
    notApplicable(NO_ZONES, must('BLK-038', 'an append is answered with the sector it went to')),
    notApplicable(NO_ZONES, must('BLK-039', 'where nothing can be appended an append gets UNSUPP')),
    notApplicable(NO_ZONES, must('BLK-040', 'an append that is too long gets ZONE_INVALID_CMD')),
    notApplicable(
      NO_ZONES,
      must('BLK-041', 'a request that reaches into a second zone is refused'),
    ),
    notApplicable(
      NO_ZONES,
      must('BLK-042', 'a write elsewhere than at the write pointer is refused'),
    ),
    notApplicable(NO_ZONES, must('BLK-043', 'a read-only zone refuses to be written')),
    notApplicable(NO_ZONES, must('BLK-044', 'a zone that is offline refuses everything')),
    notApplicable(
      NO_ZONES,
      must('BLK-045', 'behind the write pointer of a zone nothing was written'),
    ),
    notApplicable(
      NO_ZONES,
      must('BLK-046', 'what was never written is read in one of the ways named'),
    ),
    notApplicable(NO_ZONES, must('BLK-047', 'secure_erase_sector_alignment is whole zones')),
    notApplicable(NO_ZONES, must('BLK-048', 'a secure erase is of whole zones')),
    notApplicable(NO_ZONES, must('BLK-049', 'a secure erase of zones is a reset of them')),
  ]),
];
