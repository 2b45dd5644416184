/** The registers of a queue in a snapshot. */
export interface QueueRegistersState {
  size: number;
  enabled: boolean;
  resetting: boolean;
  addresses: Uint32Array<ArrayBuffer>;
}

/** What the driver has set up of one queue, in the common configuration (VIRTIO 1.4, 4.1.4.3). */
export class QueueRegisters {
  /** The largest size, which is what the size is until the driver chooses one. */
  readonly maximumSize: number;
  size: number;
  enabled = false;
  /** A reset of the queue is going on (VIRTIO_F_RING_RESET). */
  resetting = false;
  /** Low and high halves of the addresses of descriptor table, driver area and device area. */
  readonly addresses = new Uint32Array(6);

  constructor(maximumSize: number) {
    this.maximumSize = maximumSize;
    this.size = maximumSize;
  }

  /** Address `part` (0 descriptor table, 1 available ring, 2 used ring); may exceed 2^53. */
  address(part: 0 | 1 | 2): number {
    return this.addresses[2 * part] + this.addresses[2 * part + 1] * 2 ** 32;
  }

  reset(): void {
    this.size = this.maximumSize;
    this.enabled = false;
    this.resetting = false;
    this.addresses.fill(0);
  }

  save(): QueueRegistersState {
    const { size, enabled, resetting } = this;
    return { size, enabled, resetting, addresses: this.addresses.slice() };
  }

  restore({ size, enabled, resetting, addresses }: QueueRegistersState): void {
    this.size = size;
    this.enabled = enabled;
    this.resetting = resetting;
    this.addresses.set(addresses);
  }
}
