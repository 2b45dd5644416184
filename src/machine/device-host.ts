import * as Comlink from 'comlink';
import type { DeviceService, SharedParts } from '../devices/service.ts';
import { ControlBlock, Word } from '../link/control-block.ts';
import type { DeviceDescription } from '../link/description.ts';
import { MachineError } from './errors.ts';

/**
 * A device's worker as the page sees it: made, set up through Comlink, watched, and ended. The
 * data path does not pass here.
 */
export class DeviceHost {
  readonly description: DeviceDescription;
  readonly control: ControlBlock;
  readonly #worker: Worker;
  readonly #service: Comlink.Remote<DeviceService>;

  private constructor(
    worker: Worker,
    service: Comlink.Remote<DeviceService>,
    description: DeviceDescription,
    control: ControlBlock,
  ) {
    this.#worker = worker;
    this.#service = service;
    this.description = description;
    this.control = control;
  }

  /**
   * Starts a worker with a device of `kind`.
   * @param transfer what moves to the worker instead of being copied
   * @param onDeath is called once if the worker ends by itself
   * @throws MachineError what the device says about its options
   */
  static async create(
    kind: string,
    options: object,
    parts: SharedParts,
    transfer: Transferable[],
    onDeath: (reason: string) => void,
  ): Promise<DeviceHost> {
    const worker = new Worker(new URL('../../workers/device.ts', import.meta.url), {
      type: 'module',
      name: `ringbox ${kind} ${parts.index}`,
    });
    const service = Comlink.wrap<DeviceService>(worker);
    let died = false;
    const die = (reason: string) => {
      if (!died) onDeath(reason);
      died = true;
    };
    const failedToLoad = new Promise<never>((_, reject) => {
      worker.onerror = (event) => {
        const reason = event.message || 'its script could not be loaded';
        die(reason);
        reject(new MachineError('device-died', `The ${kind} worker failed: ${reason}.`, RELOAD));
      };
    });
    failedToLoad.catch(() => {});
    try {
      const setUp = service.setUp(
        kind as never,
        Comlink.transfer(options, transfer) as never,
        parts,
      );
      const { description, control } = await Promise.race([setUp, failedToLoad]);
      const block = new ControlBlock(control, description.queueSizes.length);
      service.serve().then(
        () => {},
        (error: unknown) => die(error instanceof Error ? error.message : String(error)),
      );
      return new DeviceHost(worker, service, description, block);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /**
   * Calls one of the device's rare commands. The worker leaves its sleep to hear it.
   * @throws MachineError what the device throws
   */
  async call<Result>(command: string, ...args: unknown[]): Promise<Result> {
    const result = this.#service.call(command, args) as Promise<unknown>;
    Atomics.add(this.control.words, Word.mail, 1);
    this.control.signal();
    return (await result) as Result;
  }

  /** Ends the worker at once. */
  terminate(): void {
    this.#service[Comlink.releaseProxy]();
    this.#worker.terminate();
  }

  /** Ends the worker as a defect of its own would, for tests. */
  kill(): void {
    this.#worker.terminate();
    this.#worker.onerror?.call(this.#worker, new ErrorEvent('error', { message: 'killed' }));
  }
}

const RELOAD = 'Reload the page; if it happens again, please report it.';
