import type { Inspector, ScratchDevice } from '../../machine/index.ts';

/** The scratch disk of the experiments: it is there while somebody looks at one. */
export class ScratchDisk {
  readonly #inspector: Inspector;
  #device: Promise<ScratchDevice> | null = null;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  get(): Promise<ScratchDevice> {
    this.#device ??= this.#inspector.scratch('block').catch((reason) => {
      this.#device = null;
      throw reason;
    });
    return this.#device;
  }

  end(): void {
    // One that could not be had needs no end.
    this.#device?.then((device) => device.dispose()).catch(() => {});
    this.#device = null;
  }
}
