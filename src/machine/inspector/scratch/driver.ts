import type { Attention } from '../../../link/control-block.ts';
import { wordChanged } from '../../../link/wait.ts';
import type { GuestMemory } from '../../../ring/guest-memory.ts';
import {
  DESCRIPTOR_SIZE,
  RING_ELEMENTS_OFFSET,
  RING_INDEX_OFFSET,
  USED_ELEMENT_SIZE,
  type UsedElement,
  usedRingLength,
} from '../../../ring/index.ts';
import { Structure } from '../../../transport/capabilities.ts';
import { CommonRegister } from '../../../transport/common-configuration.ts';
import { Feature, FeatureBits, Status } from '../../../transport/features.ts';
import type { VirtioPciDevice } from '../../../transport/virtio-pci.ts';
import { MachineError } from '../../errors.ts';

/** Entries of the queue. */
export const QUEUE_SIZE = 8;
/** Where the driver has its queue in the RAM of its own: parts that are aligned to everything. */
const QUEUE = { descriptorTable: 0x1000, availableRing: 0x2000, usedRing: 0x3000 };

/** An answer that takes longer than that will not come; milliseconds. */
const PATIENCE = 5000;
/** Between two looks at a device that says nothing; milliseconds. */
const LOOK = 20;

const READY = Status.acknowledge | Status.driver | Status.featuresOk;

/** One entry of the descriptor table. */
export interface Descriptor {
  /** Guest-physical. */
  address: number;
  length: number;
  flags?: number;
  next?: number;
}

/**
 * As small a driver as can be, of one queue of one device: a few lines of script that lay out a chain, right or wrong,
 * and notify. It drives the registers of the real transport, and passes sync points while it waits.
 */
export class ScratchDriver {
  readonly memory: GuestMemory;
  /** Where its queue is. */
  readonly layout = { queueSize: QUEUE_SIZE, ...QUEUE };
  readonly #device: VirtioPciDevice;
  readonly #attention: Attention;
  #queue = 0;
  #available = 0;

  constructor(memory: GuestMemory, device: VirtioPciDevice, attention: Attention) {
    this.memory = memory;
    this.#device = device;
    this.#attention = attention;
  }

  /**
   * Resets the device, negotiates and sets `queue` up (VIRTIO 1.4, 3.1.1): all of its memory is clear then.
   * @param features bits beside VIRTIO_F_VERSION_1
   */
  async start(queue: number, features: readonly number[] = []): Promise<void> {
    this.#write(CommonRegister.deviceStatus, 1, 0);
    await this.until(() => this.status === 0, 'to be reset');
    this.memory.fill(0, 0, this.memory.size);
    this.#queue = queue;
    this.#available = 0;
    this.#write(CommonRegister.deviceStatus, 1, Status.acknowledge | Status.driver);
    const { words } = new FeatureBits([Feature.version1, ...features]);
    words.forEach((word, select) => {
      this.#write(CommonRegister.driverFeatureSelect, 4, select);
      this.#write(CommonRegister.driverFeature, 4, word);
    });
    this.#write(CommonRegister.deviceStatus, 1, READY);
    this.#write(CommonRegister.queueSelect, 2, queue);
    this.#write(CommonRegister.queueSize, 2, QUEUE_SIZE);
    [QUEUE.descriptorTable, QUEUE.availableRing, QUEUE.usedRing].forEach((address, part) => {
      this.#write(CommonRegister.queueDescriptorTable + 8 * part, 4, address);
    });
    this.#write(CommonRegister.queueEnable, 2, 1);
    this.#write(CommonRegister.deviceStatus, 1, READY | Status.driverOk);
  }

  /** The device status field. */
  get status(): number {
    return this.#device.read(CommonRegister.deviceStatus, 1);
  }

  get needsReset(): boolean {
    return (this.status & Status.deviceNeedsReset) !== 0;
  }

  /** Reads the ISR status, which clears it. */
  readIsr(): number {
    return this.#device.read(Structure.isr.offset, 1);
  }

  /** Writes entry `index` of the descriptor table, or of the table at `table`. */
  describe(index: number, descriptor: Descriptor, table = QUEUE.descriptorTable): void {
    const { address, length, flags = 0, next = 0 } = descriptor;
    const at = table + DESCRIPTOR_SIZE * index;
    this.memory.write32(at, address % 2 ** 32);
    this.memory.write32(at + 4, Math.floor(address / 2 ** 32));
    this.memory.write32(at + 8, length);
    this.memory.write16(at + 12, flags);
    this.memory.write16(at + 14, next);
  }

  /** Puts `head` into the next place of the available ring, and tells of it in `idx`. */
  makeAvailable(head: number): void {
    const slot = this.#available & (QUEUE_SIZE - 1);
    this.memory.write16(QUEUE.availableRing + RING_ELEMENTS_OFFSET + 2 * slot, head);
    this.leap(1);
  }

  /** Moves `idx` of the available ring, whatever the ring holds. */
  leap(by: number): void {
    this.#available = (this.#available + by) & 0xffff;
    this.memory.write16(QUEUE.availableRing + RING_INDEX_OFFSET, this.#available);
  }

  notify(): void {
    this.#device.write(Structure.notify.offset, 2, this.#queue);
  }

  /** Writes nonsense all over the used ring. */
  scribble(): void {
    this.memory.fill(QUEUE.usedRing, 0x77, usedRingLength(QUEUE_SIZE));
  }

  /** `idx` of the used ring. */
  get usedIndex(): number {
    return this.memory.load16(QUEUE.usedRing + RING_INDEX_OFFSET);
  }

  /** The first `count` elements of the used ring. */
  used(count: number): UsedElement[] {
    return Array.from({ length: Math.min(count, QUEUE_SIZE) }, (_, slot) => {
      const element = QUEUE.usedRing + RING_ELEMENTS_OFFSET + USED_ELEMENT_SIZE * slot;
      return { id: this.memory.read32(element), len: this.memory.read32(element + 4) };
    });
  }

  /**
   * Passes sync points until `done`.
   * @param what the device is waited for, to complete the message
   * @throws MachineError 'device-died' when that takes too long
   */
  async until(done: () => boolean, what: string): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      if (this.#attention.takeAll() !== 0) this.#device.serviceAtSyncPoint();
      if (done()) return;
      if (performance.now() > end) {
        const message = `The scratch device was waited for ${what}, and did not come to it.`;
        throw new MachineError('device-died', message, 'Make a new one.');
      }
      await wordChanged(this.#attention.words, 0, 0, LOOK);
    }
  }

  #write(register: number, width: number, value: number): void {
    this.#device.write(register, width, value);
  }
}
