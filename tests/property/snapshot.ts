import type { Segment } from '../support/driver.ts';

/** RAM as it was, to find every byte of it that was written without leave. */
export class Snapshot {
  readonly #ram: Uint8Array;
  readonly #copy: Uint8Array;

  constructor(ram: Uint8Array) {
    this.#ram = ram;
    this.#copy = new Uint8Array(ram.length);
    this.take();
  }

  /** From here on writes count. */
  take(): void {
    this.#copy.set(this.#ram);
  }

  /** Writes to `segment`, which lies in RAM, are as they should be. */
  permit({ address, length }: Segment): void {
    this.#copy.set(this.#ram.subarray(address, address + length), address);
  }

  /** @throws Error when a byte that was not permitted has changed since `take` */
  check(): void {
    if (Buffer.compare(this.#ram, this.#copy) === 0) return;
    const address = this.#ram.findIndex((byte, index) => byte !== this.#copy[index]);
    throw new Error(`a write to guest-physical ${address} that no buffer allowed`);
  }
}
