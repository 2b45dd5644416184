import { HEADER_LENGTH, SECTOR_SIZE, VIRTIO_BLK_T_IN } from '../../../devices/block/layout.ts';
import { VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../../ring/layout.ts';
import type { Descriptor, ScratchDriver } from './driver.ts';
import { BUFFERS, layBlockRequest } from './kinds.ts';

/** A request of a scratch disk (VIRTIO 1.4, 5.2.6), with the descriptors that carry it, from 0 on. */
export interface ScratchRequest {
  /** What its header says. */
  type: number;
  sector: number;
  /** The chain begins at the first. */
  descriptors: readonly Required<Descriptor>[];
}

/** Reads sector 0, and breaks no rule: what other requests are made from. */
export function honestRequest(): ScratchRequest {
  const readable = VIRTQ_DESC_F_NEXT;
  const writable = VIRTQ_DESC_F_WRITE;
  return {
    type: VIRTIO_BLK_T_IN,
    sector: 0,
    descriptors: [
      { address: BUFFERS.header, length: HEADER_LENGTH, flags: readable, next: 1 },
      { address: BUFFERS.data, length: SECTOR_SIZE, flags: readable | writable, next: 2 },
      { address: BUFFERS.status, length: 1, flags: writable, next: 0 },
    ],
  };
}

/** Writes the header and the descriptor table, makes the chain at descriptor 0 available, and notifies. */
export function commitBlockRequest(driver: ScratchDriver, request: ScratchRequest): void {
  const { type, sector, descriptors } = request;
  layBlockRequest(driver, type, sector);
  for (const [index, descriptor] of descriptors.entries()) driver.describe(index, descriptor);
  driver.makeAvailable(0);
  driver.notify();
}
