import type { DescriptorChain } from '../../ring/chain.ts';
import { type DeviceDescription, type SaveOptions, VirtioDevice } from '../device.ts';
import type { DeviceQueue } from '../queue.ts';
import type { DeviceRuntime } from '../runtime.ts';
import type { BlockBackend, Pending } from './backend.ts';
import {
  CONFIGURATION_LENGTH,
  fillConfiguration,
  offersSeveralQueues,
  QUEUE_SIZE,
  REQUEST_QUEUES,
  setCapacity,
  WRITEBACK_OFFSET,
} from './configuration.ts';
import type { DiskState } from './disk-state.ts';
import {
  type BlockStatus,
  HEADER_LENGTH,
  ID_LENGTH,
  SECTOR_SIZE,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_CONFIG_WCE,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_MQ,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_SIZE_MAX,
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
  VIRTIO_BLK_F_SIZE_MAX,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_CONFIG_WCE,
];
const WRITABLE_FEATURES = [VIRTIO_BLK_F_DISCARD, VIRTIO_BLK_F_WRITE_ZEROES];

/** A driver that knows no flush begins with write-through (5.2.5.2). */
const WRITEBACK = {
  offset: WRITEBACK_OFFSET,
  feature: VIRTIO_BLK_F_CONFIG_WCE,
  setWith: VIRTIO_BLK_F_FLUSH,
};

/** What a block device is made of. */
export interface BlockDeviceParts {
  backend: BlockBackend;
  /** The guest cannot write to the disk. */
  readOnly?: boolean | undefined;
  /** What VIRTIO_BLK_T_GET_ID answers: at most 20 ASCII characters. */
  serial?: string | undefined;
  /** Request queues, 1 to 65535; more than one are offered as VIRTIO_BLK_F_MQ. */
  requestQueues?: number | undefined;
  /** Entries of each request queue: a power of two, 2 to 32768. */
  queueSize?: number | undefined;
}

/** What a driver has had done; counted since the device was made, over all resets. */
export interface DiskTraffic {
  /** Bytes that were read from the disk. */
  bytesRead: number;
  /** Bytes that were written to the disk; what was discarded or zeroed is none. */
  bytesWritten: number;
  /** Requests that have come back, of any kind, failed ones too. */
  requests: number;
}

/**
 * The virtio block device (VIRTIO 1.4, 5.2): a disk with one or several queues of requests. Those of a
 * queue go to the backend in its order; those it finishes at once are given back at once, the
 * others when they are finished, while later ones go on.
 */
export class BlockDevice extends VirtioDevice {
  readonly description: DeviceDescription;
  readonly #backend: BlockBackend;
  readonly #readOnly: boolean;
  readonly #requestQueues: number;
  readonly #queueSize: number;
  readonly #id: Uint8Array;
  readonly #segments = new BlockSegments();
  /** Requests that the backend has not finished. */
  readonly #underWay = new Set<BlockRequest>();
  readonly #traffic: DiskTraffic = { bytesRead: 0, bytesWritten: 0, requests: 0 };
  /** Settles when the backend is closed; null as long as requests are served. */
  #closing: Promise<void> | null = null;
  /** The object for the next request; left to the backend when that takes its time. */
  #request = new BlockRequest();

  constructor({
    backend,
    readOnly = false,
    serial = '',
    requestQueues = REQUEST_QUEUES,
    queueSize = QUEUE_SIZE,
  }: BlockDeviceParts) {
    super();
    this.#backend = backend;
    this.#readOnly = readOnly;
    this.#requestQueues = requestQueues;
    this.#queueSize = queueSize;
    this.#id = idOf(serial);
    this.description = {
      type: VIRTIO_ID_BLOCK,
      classCode: 0x018000, // mass storage controller, other
      features: [
        ...FEATURES,
        ...(readOnly ? [VIRTIO_BLK_F_RO] : WRITABLE_FEATURES),
        ...(offersSeveralQueues(requestQueues) ? [VIRTIO_BLK_F_MQ] : []),
      ],
      queueSizes: new Array(requestQueues).fill(queueSize),
      configurationLength: CONFIGURATION_LENGTH,
      driverFlags: [WRITEBACK],
    };
  }

  override attach(runtime: DeviceRuntime): void {
    super.attach(runtime);
    fillConfiguration(runtime.configuration, {
      size: this.#backend.size,
      readOnly: this.#readOnly,
      requestQueues: this.#requestQueues,
      queueSize: this.#queueSize,
    });
  }

  /** What the driver has had done so far: the same object each time. */
  get traffic(): Readonly<DiskTraffic> {
    return this.#traffic;
  }

  /**
   * Makes the disk larger and tells the driver (VIRTIO 1.4, 5.2.6).
   * @param size bytes, a multiple of 512, more than before
   * @throws what the backend throws; then nothing has changed
   */
  grow(size: number): void {
    this.#backend.grow(size);
    this.runtime.changeConfiguration((configuration) => setCapacity(configuration, size));
  }

  /** Takes one request of each queue in turn, so that a full queue keeps no other waiting. */
  override run(): void {
    const { queues } = this.runtime;
    // A driver without MQ knows of the first queue only (5.2.2).
    const count = this.runtime.hasFeature(VIRTIO_BLK_F_MQ) ? queues.length : 1;
    let empty = 0; // queues in a row that had nothing
    for (let index = 0; empty < count; index = (index + 1) % count) {
      const chain = queues[index].take();
      if (chain === null) empty++;
      else if (this.#serve(queues[index], chain)) empty = 0;
      else return;
    }
  }

  /**
   * What was begun may still reach the storage, as with any disk that is reset; but nothing of it
   * reaches the guest.
   */
  override reset(): void {
    for (const request of this.#underWay) this.#abandon(request);
  }

  /** The same for the requests of one queue; those of the others go on. */
  override queueReset(queue: number): void {
    for (const request of this.#underWay) {
      if (request.queue.index === queue) this.#abandon(request);
    }
  }

  override save(options: SaveOptions): DiskState {
    return this.#backend.save(options);
  }

  override accepts(state: DiskState): Promise<void> {
    return this.#backend.accepts(state);
  }

  /** The size that the driver knows is in the configuration space. */
  override restore(state: DiskState): void {
    this.#backend.restore(state);
  }

  /** Lets go of the backend; from here on every request fails. */
  override close(): Promise<void> {
    this.#closing ??= this.#backend.close();
    return this.#closing;
  }

  #abandon(request: BlockRequest): void {
    request.data.end();
    this.#underWay.delete(request);
  }

  /** @returns false when the device cannot go on */
  #serve(queue: DeviceQueue, chain: DescriptorChain): boolean {
    const request = this.#request;
    if (!request.parse(queue, chain)) {
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
    if (this.#closing !== null) return VIRTIO_BLK_S_IOERR;
    try {
      return this.#dispatch(request);
    } catch (error) {
      return this.#refuse(error);
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

  /** Makes what was written durable where its driver relies on that (5.2.6.2). */
  #stable(written: Pending): BlockStatus | Promise<void> {
    if (!this.#writesThrough) return written ?? VIRTIO_BLK_S_OK;
    if (written === undefined) return this.#backend.flush() ?? VIRTIO_BLK_S_OK;
    return written.then(() => this.#backend.flush());
  }

  /**
   * Whether what is written must be durable before its request comes back: the driver has chosen it,
   * or knows neither of the choice nor of flushes. A chain that was taken came with a doorbell, and
   * so with the choice that was made before it.
   */
  get #writesThrough(): boolean {
    if (!this.runtime.hasFeature(VIRTIO_BLK_F_CONFIG_WCE)) {
      return !this.runtime.hasFeature(VIRTIO_BLK_F_FLUSH);
    }
    return Atomics.load(this.runtime.configuration, WRITEBACK_OFFSET) === 0;
  }

  #finish(request: BlockRequest, status: BlockStatus): void {
    this.#traffic.requests++;
    if (status === VIRTIO_BLK_S_OK) {
      if (request.type === VIRTIO_BLK_T_IN) this.#traffic.bytesRead += request.length;
      else if (request.type === VIRTIO_BLK_T_OUT) this.#traffic.bytesWritten += request.length;
    }
    request.queue.complete(request.chain, request.finish(status, filledBy(request)));
  }

  #refuse(error: unknown): BlockStatus {
    if (this.#closing === null) this.runtime.tellTrouble(error);
    return VIRTIO_BLK_S_IOERR;
  }

  #finishLater(request: BlockRequest, operation: Promise<void>): void {
    // The backend may hold on to the object for longer than it should: it is never used again.
    this.#request = new BlockRequest();
    this.#underWay.add(request);
    const finish = (status: BlockStatus) => {
      if (this.#underWay.delete(request)) this.#finish(request, status);
      else request.queue.complete(request.chain, 0); // of an earlier life: only let go
    };
    const succeeded = () => finish(VIRTIO_BLK_S_OK);
    const failed = (error: unknown) => finish(this.#refuse(error));
    this.runtime.track(operation.then(succeeded, failed));
  }
}

/** Bytes that a request which succeeded has put at the beginning of the writable part. */
function filledBy({ type, length }: BlockRequest): number {
  if (type === VIRTIO_BLK_T_IN) return length;
  return type === VIRTIO_BLK_T_GET_ID ? ID_LENGTH : 0;
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
