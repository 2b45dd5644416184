import * as Comlink from 'comlink';
import { vi } from 'vitest';
import type { DeviceSetUp } from '../../../src/devices/service.ts';
import { ControlBlock } from '../../../src/link/control-block.ts';
import { Deferred } from '../../../src/machine/deferred.ts';

/**
 * A device's worker whose thread is this one, and whose service does what a test says. It hears no shared
 * word: what the CPU thread asks there is never answered.
 */
export class FakeWorker {
  /** Those that were made since `stub`, the oldest first. */
  static readonly made: FakeWorker[] = [];
  onerror: ((event: { message: string }) => void) | null = null;
  terminated = false;
  /** Settles `setUp`, which `isSetUp` does for most tests. */
  readonly setUp = new Deferred<DeviceSetUp>();
  /** Settles `serve`. */
  readonly served = new Deferred<void>();
  /** Settles each command. */
  readonly called = new Deferred<unknown>();
  readonly #port: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const service = {
      setUp: () => this.setUp.promise,
      serve: () => this.served.promise,
      call: () => this.called.promise,
    };
    Comlink.expose(service, port2);
    this.#port = port1;
    this.#port.start();
    FakeWorker.made.push(this);
  }

  /** Every worker that is made from here on is one of these. */
  static stub(): void {
    FakeWorker.made.length = 0;
    vi.stubGlobal('Worker', FakeWorker);
  }

  /** The device has been made: one with a queue. */
  isSetUp(): void {
    const description = { type: 2, classCode: 0, features: [], queueSizes: [8] };
    this.setUp.resolve({
      description: { ...description, configurationLength: 8 },
      control: new SharedArrayBuffer(ControlBlock.byteLength(1)),
    });
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void {
    this.#port.addEventListener(type, listener);
  }

  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void {
    this.#port.removeEventListener(type, listener);
  }

  terminate(): void {
    this.terminated = true;
    this.#port.close();
  }
}
