import { HEADER_LENGTH, SECTOR_SIZE, VIRTIO_BLK_T_IN } from '../../../devices/block/layout.ts';
import { transmitQueue } from '../../../devices/console/layout.ts';
import { VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../../ring/layout.ts';
import { planConsole, planDisk, planRng } from '../../assembly.ts';
import type { DevicePlan } from '../../device-bay.ts';
import type { ScratchDriver } from './driver.ts';

/** Sectors of the scratch disk. */
export const DISK_SECTORS = 128;
/** Where the driver has the buffers of its request; there is a page for each. */
export const BUFFERS = { header: 0x4000, data: 0x5000, status: 0x6000, table: 0x7000 };
/** What a status byte is before the device has written one. */
export const NO_STATUS = 0xee;

/** A kind of device with which one can break something. */
export interface ScratchKindOf {
  plan(): DevicePlan;
  /** The queue that is driven. */
  queue: number;
  /** Lays an honest request out from descriptor 0 on. @returns its descriptors */
  lay(driver: ScratchDriver): number;
}

export const scratchKinds = {
  block: {
    plan: () => ({
      ...planDisk({ size: DISK_SECTORS * SECTOR_SIZE, name: 'scratch' }, 0),
      name: 'The scratch disk',
    }),
    queue: 0,
    lay: (driver) => layBlockRequest(driver, VIRTIO_BLK_T_IN, 0),
  },
  console: {
    plan: () => ({ ...planConsole([]).plan, name: 'The scratch console' }),
    queue: transmitQueue(0),
    lay: (driver) => {
      const text = new TextEncoder().encode('hello');
      driver.memory.copyIn(BUFFERS.data, text, 0, text.length);
      driver.describe(0, { address: BUFFERS.data, length: text.length });
      return 1;
    },
  },
  rng: {
    plan: () => ({ ...planRng(), name: 'The scratch random number generator' }),
    queue: 0,
    lay: (driver) => {
      driver.describe(0, { address: BUFFERS.data, length: 64, flags: VIRTQ_DESC_F_WRITE });
      return 1;
    },
  },
} satisfies Record<string, ScratchKindOf>;

export type ScratchKind = keyof typeof scratchKinds;

/** How a block request is other than usual. */
export interface BlockRequestChanges {
  /** Bytes of its header. */
  headerLength?: number;
  /** Bytes of its data. */
  length?: number;
  /** The data are for the device to read. */
  readableData?: boolean;
}

/**
 * A block request of three descriptors (VIRTIO 1.4, 5.2.6), for one sector of data to be read unless told.
 * @returns its descriptors
 */
export function layBlockRequest(
  driver: ScratchDriver,
  type: number,
  sector: number,
  changes: BlockRequestChanges = {},
): number {
  const { headerLength = HEADER_LENGTH, length = SECTOR_SIZE, readableData = false } = changes;
  const { memory } = driver;
  memory.write32(BUFFERS.header, type);
  memory.write32(BUFFERS.header + 8, sector);
  memory.write8(BUFFERS.status, NO_STATUS);
  const header = { address: BUFFERS.header, length: headerLength };
  driver.describe(0, { ...header, flags: VIRTQ_DESC_F_NEXT, next: 1 });
  const data = { address: BUFFERS.data, length };
  const dataFlags = VIRTQ_DESC_F_NEXT | (readableData ? 0 : VIRTQ_DESC_F_WRITE);
  driver.describe(1, { ...data, flags: dataFlags, next: 2 });
  driver.describe(2, { address: BUFFERS.status, length: 1, flags: VIRTQ_DESC_F_WRITE });
  return 3;
}
