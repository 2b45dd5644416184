import type { DescriptorChain } from '../../ring/chain.ts';
import { type DeviceDescription, VirtioDevice } from '../device.ts';
import type { DeviceRuntime } from '../runtime.ts';
import type { BlockBackend, Pending } from './backend.ts';
import { CONFIGURATION_LENGTH, fillConfiguration, QUEUE_SIZE } from './configuration.ts';
import {
  type BlockStatus,
  HEADER_LENGTH,
  ID_LENGTH,
  SECTOR_SIZE,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_WRITE_ZEROES,
  VIRTIO_BLK_S_IOERR,
  VIRTIO_BLK_S_OK,
  VIRTIO_BLK_S_UNSUPP,
  VIRTIO_BLK_T_DISCARD,
  VIRTIO_BLK_T_FLUSH,
  VIRTIO_BLK_T_GET_ID,
  VIRTIO_BLK_T_IN,
  VIRTIO_BLK_T_OUT,
  VIRTIO_BLK_T_WRITE_ZEROES,
  VIRTIO_ID_BLOCK,
} from './layout.ts';
import { BlockRequest } from './request.ts';
import { BlockSegments } from './segments.ts';

/** Features of every disk, and of those that can be written. */
const FEATURES = [
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_TOPOLOGY,
];
const WRITABLE_FEATURES = [VIRTIO_BLK_F_DISCARD, VIRTIO_BLK_F_WRITE_ZEROES];

/** What a block device is made of. */
export interface BlockDeviceParts {
  backend: BlockBackend;
  readOnly?: boolean | undefined;
  /** What VIRTIO_BLK_T_GET_ID answers: at most 20 ASCII characters. */
  serial?: string | undefined;
}

/**
 * The virtio block device (VIRTIO 1.4, 5.2): a disk with one queue. Requests go to the backend in
 * the order of the queue; those it finishes at once are given back at once, the others when they
 * are finished, while later ones go on.
 */
export class BlockDevice extends VirtioDevice {
  readonly description: DeviceDescription;
  readonly #backend: BlockBackend;
  readonly #readOnly: boolean;
  readonly #id: Uint8Array;
  readonly #segments = new BlockSegments();
  /** Requests that the backend has not finished. */
  readonly #underWay = new Set<BlockRequest>();
  /** The object for the next request; left to the backend when that takes its time. */
  #request = new BlockRequest();

  constructor({ backend, readOnly = false, serial = '' }: BlockDeviceParts) {
    super();
    this.#backend = backend;
    this.#readOnly = readOnly;
    this.#id = idOf(serial);
    this.description = {
      type: VIRTIO_ID_BLOCK,
      classCode: 0x018000, // mass storage controller, other
      features: [...FEATURES, ...(readOnly ? [VIRTIO_BLK_F_RO] : WRITABLE_FEATURES)],
      queueSizes: [QUEUE_SIZE],
      configurationLength: CONFIGURATION_LENGTH,
    };
  }

  override attach(runtime: DeviceRuntime): void {
    super.attach(runtime);
    fillConfiguration(runtime.configuration, this.#backend.size, this.#readOnly);
  }

  override run(): void {
    const queue = this.runtime.queues[0];
    for (let chain = queue.take(); chain !== null; chain = queue.take()) {
      if (!this.#serve(chain)) return;
    }
  }

  /**
   * What was begun may still reach the storage, as with any disk that is reset; but nothing of it
   * reaches the guest.
   */
  override reset(): void {
    for (const request of this.#underWay) request.data.end();
    this.#underWay.clear();
  }

  override queueReset(): void {
    this.reset();
  }

  override async close(): Promise<void> {
    await this.#backend.close();
  }

  /** @returns false when the device cannot go on */
  #serve(chain: DescriptorChain): boolean {
    const request = this.#request;
    if (!request.parse(chain)) {
      // Nothing can be answered without a status byte. Giving the chain back would look like
      // success to a driver that forgot it, and lose what it wanted written; so say it loudly.
      this.runtime.fail('a block request has no room for its status byte');
      return false;
    }
    const outcome = this.#begin(request);
    if (typeof outcome === 'number') this.#finish(request, outcome);
    else this.#finishLater(request, outcome);
    return true;
  }

  /** Begins the request. @returns its status, or a promise when the backend takes its time */
  #begin(request: BlockRequest): BlockStatus | Promise<void> {
    try {
      return this.#dispatch(request);
    } catch (error) {
      return refused(error);
    }
  }

  #dispatch(request: BlockRequest): BlockStatus | Promise<void> {
    switch (request.type) {
      case VIRTIO_BLK_T_IN:
        return this.#read(request);
      case VIRTIO_BLK_T_OUT:
        return this.#write(request);
      case VIRTIO_BLK_T_FLUSH:
        return this.#backend.flush() ?? VIRTIO_BLK_S_OK;
      case VIRTIO_BLK_T_GET_ID:
        return this.#getId(request);
      case VIRTIO_BLK_T_DISCARD:
      case VIRTIO_BLK_T_WRITE_ZEROES:
        return this.#clear(request);
      default:
        return request.chain.readableLength < HEADER_LENGTH
          ? VIRTIO_BLK_S_IOERR
          : VIRTIO_BLK_S_UNSUPP;
    }
  }

  #read(request: BlockRequest): BlockStatus | Promise<void> {
    if (!this.#isSound(request)) return VIRTIO_BLK_S_IOERR;
    const { offset, length, data } = request;
    return this.#backend.read(offset, length, data) ?? VIRTIO_BLK_S_OK;
  }

  #write(request: BlockRequest): BlockStatus | Promise<void> {
    if (this.#readOnly || !this.#isSound(request)) return VIRTIO_BLK_S_IOERR;
    const { offset, length, data } = request;
    return this.#stable(this.#backend.write(offset, length, data));
  }

  #getId(request: BlockRequest): BlockStatus {
    // Half an identification could be taken for a whole one.
    if (request.length < ID_LENGTH) return VIRTIO_BLK_S_IOERR;
    request.data.put(0, this.#id, 0, ID_LENGTH);
    return VIRTIO_BLK_S_OK;
  }

  /** Discard and write-zeroes. */
  #clear(request: BlockRequest): BlockStatus | Promise<void> {
    const segments = this.#segments;
    const refusal = segments.parse(request, this.#backend.size);
    if (refusal !== VIRTIO_BLK_S_OK) return refusal;
    if (this.#readOnly) return VIRTIO_BLK_S_IOERR;
    let pending: Promise<void>[] | undefined; // only made for a backend that takes its time
    for (let index = 0; index < segments.count; index++) {
      const operation = this.#clearSegment(request.type, index);
      if (operation === undefined) continue;
      pending ??= [];
      pending.push(operation);
    }
    return this.#stable(pending && allOf(pending));
  }

  #clearSegment(type: number, index: number): Pending {
    const { offsets, lengths, unmaps } = this.#segments;
    if (type === VIRTIO_BLK_T_DISCARD) return this.#backend.discard(offsets[index], lengths[index]);
    return this.#backend.writeZeroes(offsets[index], lengths[index], unmaps[index] === 1);
  }

  /** Whether a read or a write asks for whole sectors of the disk. */
  #isSound(request: BlockRequest): boolean {
    return (
      request.length % SECTOR_SIZE === 0 && request.offset + request.length <= this.#backend.size
    );
  }

  /** A driver that knows no flush relies on it that what is written is durable (5.2.6.2). */
  #stable(written: Pending): BlockStatus | Promise<void> {
    if (this.runtime.hasFeature(VIRTIO_BLK_F_FLUSH)) return written ?? VIRTIO_BLK_S_OK;
    if (written === undefined) return this.#backend.flush() ?? VIRTIO_BLK_S_OK;
    return written.then(() => this.#backend.flush());
  }

  #finish(request: BlockRequest, status: BlockStatus): void {
    this.runtime.queues[0].complete(request.chain, request.finish(status, filledBy(request)));
  }

  #finishLater(request: BlockRequest, operation: Promise<void>): void {
    // The backend may hold on to the object for longer than it should: it is never used again.
    this.#request = new BlockRequest();
    this.#underWay.add(request);
    const finish = (status: BlockStatus) => {
      if (this.#underWay.delete(request)) this.#finish(request, status);
      else this.runtime.queues[0].complete(request.chain, 0); // of an earlier life: only let go
    };
    const succeeded = () => finish(VIRTIO_BLK_S_OK);
    const failed = (error: unknown) => finish(refused(error));
    this.runtime.track(operation.then(succeeded, failed));
  }
}

/** Bytes that a request which succeeded has put at the beginning of the writable part. */
function filledBy({ type, length }: BlockRequest): number {
  if (type === VIRTIO_BLK_T_IN) return length;
  return type === VIRTIO_BLK_T_GET_ID ? ID_LENGTH : 0;
}

/** The guest learns of an error that there was one; the reason is for whoever runs the machine. */
function refused(error: unknown): BlockStatus {
  console.warn('ringbox: a disk could not do what the guest asked:', error);
  return VIRTIO_BLK_S_IOERR;
}

async function allOf(operations: Promise<void>[]): Promise<void> {
  await Promise.all(operations);
}

/** 20 bytes, filled up with zeros. @throws RangeError for longer or other than ASCII text */
function idOf(serial: string): Uint8Array {
  if (serial.length > ID_LENGTH || !/^[\x20-\x7e]*$/.test(serial)) {
    throw new RangeError(`the serial "${serial}" is not at most ${ID_LENGTH} ASCII characters`);
  }
  const id = new Uint8Array(ID_LENGTH);
  id.set(new TextEncoder().encode(serial));
  return id;
}
