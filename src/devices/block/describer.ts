import type { DescriptorChain } from '../../ring/chain.ts';
import { ChainCursor } from '../../ring/cursor.ts';
import {
  counted,
  type DeviceDescriber,
  named,
  type RequestDescription,
  type RequestField,
} from '../describer.ts';
import { BLOCK_FEATURES } from './features.ts';
import {
  HEADER_LENGTH,
  hasDataToRead,
  SECTOR_SIZE,
  SEGMENT_LENGTH,
  VIRTIO_BLK_S_IOERR,
  VIRTIO_BLK_S_OK,
  VIRTIO_BLK_S_UNSUPP,
  VIRTIO_BLK_T_DISCARD,
  VIRTIO_BLK_T_FLUSH,
  VIRTIO_BLK_T_GET_ID,
  VIRTIO_BLK_T_IN,
  VIRTIO_BLK_T_OUT,
  VIRTIO_BLK_T_WRITE_ZEROES,
  VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP,
  VIRTIO_ID_BLOCK,
} from './layout.ts';

const TYPE_NAMES = {
  VIRTIO_BLK_T_IN,
  VIRTIO_BLK_T_OUT,
  VIRTIO_BLK_T_FLUSH,
  VIRTIO_BLK_T_GET_ID,
  VIRTIO_BLK_T_DISCARD,
  VIRTIO_BLK_T_WRITE_ZEROES,
};
const STATUS_NAMES = { VIRTIO_BLK_S_OK, VIRTIO_BLK_S_IOERR, VIRTIO_BLK_S_UNSUPP };
/** Segments of a discard or write-zeroes request that are told one by one. */
const SEGMENTS_TOLD = 8;

/** What there is to say about a disk and its requests (VIRTIO 1.4, 5.2). */
export const blockDescriber = {
  type: VIRTIO_ID_BLOCK,
  typeName: 'Block Device',
  section: '5.2',
  features: BLOCK_FEATURES,
  configuration: (
    [
      ['capacity', 0, 8],
      ['size_max', 8, 4],
      ['seg_max', 12, 4],
      ['blk_size', 20, 4],
      ['topology.physical_block_exp', 24, 1],
      ['topology.alignment_offset', 25, 1],
      ['topology.min_io_size', 26, 2],
      ['topology.opt_io_size', 28, 4],
      ['writeback', 32, 1],
      ['num_queues', 34, 2],
      ['max_discard_sectors', 36, 4],
      ['max_discard_seg', 40, 4],
      ['discard_sector_alignment', 44, 4],
      ['max_write_zeroes_sectors', 48, 4],
      ['max_write_zeroes_seg', 52, 4],
      ['write_zeroes_may_unmap', 56, 1],
    ] as const
  ).map(([name, offset, width]) => ({ name, offset, width, section: '5.2.4' })),
  queueName: (queue: number, count: number) => (count === 1 ? 'requestq' : `requestq${queue + 1}`),
  describe: describeRequest,
} satisfies DeviceDescriber;

/** A request (5.2.6): header and data to write are readable, data to read and the status writable. */
function describeRequest(chain: DescriptorChain): RequestDescription {
  if (chain.readableLength < HEADER_LENGTH) {
    const title = `A request with ${counted(chain.readableLength, 'byte')} of a header of 16`;
    return { title, fields: statusOf(chain), text: null };
  }
  const header = new ChainCursor().toReadable(chain);
  const type = header.read32();
  const reserved = header.read32();
  const sectorLow = header.read32();
  const sector = header.read32() * 2 ** 32 + sectorLow;
  const data = dataOf(chain, type);
  return {
    title: titleOf(type, sector, data.length),
    fields: [
      field('type', named(TYPE_NAMES, type), 0, 4),
      field('reserved', `${reserved}`, 4, 4),
      field('sector', `${sector}`, 8, 8),
      ...(data.length > 0 ? [data] : []),
      ...(hasSegments(type) ? segmentsOf(chain, data.length) : []),
      ...statusOf(chain),
    ],
    text: null,
  };
}

function titleOf(type: number, sector: number, length: number): string {
  const data =
    length % SECTOR_SIZE === 0
      ? counted(length / SECTOR_SIZE, 'sector')
      : `${counted(length, 'byte')}, which are no whole sectors,`;
  const segments = counted(Math.floor(length / SEGMENT_LENGTH), 'segment');
  switch (type) {
    case VIRTIO_BLK_T_IN:
      return `Read ${data} from sector ${sector}`;
    case VIRTIO_BLK_T_OUT:
      return `Write ${data} to sector ${sector}`;
    case VIRTIO_BLK_T_FLUSH:
      return 'Flush';
    case VIRTIO_BLK_T_GET_ID:
      return 'Tell the serial number';
    case VIRTIO_BLK_T_DISCARD:
      return `Discard ${segments}`;
    case VIRTIO_BLK_T_WRITE_ZEROES:
      return `Zero ${segments}`;
    default:
      return `A request of the unknown type ${type}`;
  }
}

function dataOf(chain: DescriptorChain, type: number): RequestField {
  const readable = hasDataToRead(type);
  const length = readable
    ? chain.readableLength - HEADER_LENGTH
    : Math.max(chain.writableLength - 1, 0);
  return {
    name: 'data',
    value: counted(length, 'byte'),
    section: '5.2.6',
    part: readable ? 'readable' : 'writable',
    offset: readable ? HEADER_LENGTH : 0,
    length,
  };
}

function hasSegments(type: number): boolean {
  return type === VIRTIO_BLK_T_DISCARD || type === VIRTIO_BLK_T_WRITE_ZEROES;
}

function segmentsOf(chain: DescriptorChain, length: number): RequestField[] {
  const cursor = new ChainCursor().toReadable(chain, HEADER_LENGTH);
  const count = Math.min(Math.floor(length / SEGMENT_LENGTH), SEGMENTS_TOLD);
  return Array.from({ length: count }, (_, index) => {
    const sectorLow = cursor.read32();
    const sector = cursor.read32() * 2 ** 32 + sectorLow;
    const sectors = counted(cursor.read32(), 'sector');
    const unmap = (cursor.read32() & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP) !== 0 ? ', unmap' : '';
    const offset = HEADER_LENGTH + index * SEGMENT_LENGTH;
    return field(`segments[${index}]`, `${sectors} from ${sector}${unmap}`, offset, SEGMENT_LENGTH);
  });
}

/** The status byte is the last of the writable part; without one there is no answering. */
function statusOf(chain: DescriptorChain): RequestField[] {
  if (chain.writableLength === 0) return [];
  const offset = chain.writableLength - 1;
  const status = new ChainCursor().toWritable(chain, offset).read8();
  return [{ ...field('status', named(STATUS_NAMES, status), offset, 1), part: 'writable' }];
}

function field(name: string, value: string, offset: number, length: number): RequestField {
  return { name, value, section: '5.2.6', part: 'readable', offset, length };
}
