import * as Comlink from 'comlink';
import type { SaveOptions } from '../devices/device.ts';
import type { DeviceErrorCode, FaultMessage, TroubleMessage } from '../devices/errors.ts';
import type { RuntimeState } from '../devices/runtime.ts';
import type { DeviceService, SharedParts } from '../devices/service.ts';
import type { QueueStep } from '../devices/steps.ts';
import { ControlBlock, Word } from '../link/control-block.ts';
import type { DeviceDescription } from '../link/description.ts';
import { takeWorker } from './device-workers.ts';
import { MachineError } from './errors.ts';

/** What a host tells of its worker. */
export interface HostHooks {
  onDeath(reason: string): void;
  onTrouble(error: MachineError): void;
}

/** What a host has to know of the device that its worker is to be. */
export interface HostPlan {
  kind: string;
  options: object;
  /** What of the options moves to the worker instead of being copied. */
  transfer: Transferable[];
  /** Starts a worker with an entry of its own; without it, one of ours, which has the devices of the catalogue. */
  startWorker?: () => Worker;
}

/**
 * A device's worker as the page sees it: made, set up through Comlink, watched, and ended. The
 * data path does not pass here.
 */
export class DeviceHost {
  readonly description: DeviceDescription;
  readonly control: ControlBlock;
  /** Why the device last needed a reset, as far as its worker has told. */
  fault: string | null = null;
  readonly #worker: Worker;
  readonly #service: Comlink.Remote<DeviceService>;
  readonly #death: Death;
  /** Settles when the device has ended. */
  readonly #served: Promise<void>;

  private constructor(
    worker: Worker,
    service: Comlink.Remote<DeviceService>,
    description: DeviceDescription,
    control: ControlBlock,
    death: Death,
    onDeath: HostHooks['onDeath'],
  ) {
    this.#death = death;
    death.onDeath = onDeath;
    this.#worker = worker;
    this.#service = service;
    this.description = description;
    this.control = control;
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<FaultMessage>>) => {
      if (data.fault !== undefined) this.fault = data.fault;
    });
    this.#served = service.serve().catch((error: unknown) => {
      death.declare(error instanceof Error ? error.message : String(error));
    });
  }

  /**
   * Starts a worker with the device of `plan`.
   * @param hooks.onDeath is called once if the worker ends by itself after its device was made
   * @param hooks.onTrouble is called when its backend could not do something for the guest
   * @throws MachineError what the device says about its options
   */
  static async create(
    { kind, options, transfer, startWorker }: HostPlan,
    parts: SharedParts,
    hooks: HostHooks,
  ): Promise<DeviceHost> {
    const worker = startWorker?.() ?? takeWorker();
    const service = Comlink.wrap<DeviceService>(worker);
    const death = new Death(kind);
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<TroubleMessage>>) => {
      if (data.trouble) hooks.onTrouble(withRemedy(data.trouble.code, data.trouble.message));
    });
    worker.onerror = (event) => death.declare(event.message || 'its script could not be loaded');
    try {
      const setUp = service.setUp(kind, Comlink.transfer(options, transfer), parts);
      const { description, control } = await Promise.race([setUp, death.promise]);
      const block = new ControlBlock(control, description.queueSizes.length);
      return new DeviceHost(worker, service, description, block, death, hooks.onDeath);
    } catch (error) {
      worker.terminate();
      const explained = explain(error);
      throw startWorker === undefined ? explained : refusal(explained);
    }
  }

  /**
   * Calls one of the device's rare commands. The worker leaves its sleep to hear it.
   * @throws what the device throws, a DeviceError as a MachineError; MachineError 'device-died' when there is no device any more
   */
  async call<Result>(command: string, ...args: unknown[]): Promise<Result> {
    return (await this.#heard(this.#service.call(command, args))) as Result;
  }

  /**
   * Has the worker write its trace into `ring`, or no more.
   * @throws MachineError 'device-died'
   */
  async trace(ring: SharedArrayBuffer | null): Promise<void> {
    await this.#heard(this.#service.trace(ring, performance.timeOrigin));
  }

  /**
   * One step of a device that is held: see `DeviceRuntime`. @param queue null for any
   * @throws MachineError 'device-died'
   */
  async step(what: 'take' | 'publish', queue: number | null): Promise<QueueStep | null> {
    return (await this.#heard(this.#service.step(what, queue))) as QueueStep | null;
  }

  /** The worker's part of a snapshot; the machine is paused. @throws MachineError */
  async save(options: SaveOptions): Promise<RuntimeState> {
    return (await this.#heard(this.#service.save(options))) as RuntimeState;
  }

  /** @throws MachineError when the device cannot be what `state` tells */
  async accepts(state: RuntimeState): Promise<void> {
    await this.#heard(this.#service.accepts(state));
  }

  /** The device becomes what `state` tells: see `DeviceRuntime.restore`. @throws MachineError */
  async restore(state: RuntimeState): Promise<void> {
    await this.#heard(this.#service.restore(state));
  }

  /** Lets the worker leave its sleep to hear a call that was just made, and answers what it answers. */
  async #heard(call: Promise<unknown>): Promise<unknown> {
    const result = call.catch((error) => {
      throw explain(error);
    });
    Atomics.add(this.control.words, Word.mail, 1);
    this.control.signal();
    return Promise.race([result, this.#death.promise]);
  }

  /**
   * Ends the worker: the device lets go of its backend first. A worker that hangs is ended all the
   * same. (A browser that is to end a sleeping worker takes two seconds; one that is awake, none.)
   */
  async end(): Promise<void> {
    // What it cannot keep any more it has told whoever detached the disk; it is no defect.
    this.#death.onDeath = null;
    this.abandon();
    const tooLong = new Promise<void>((resolve) => setTimeout(resolve, LONGEST_END));
    await Promise.race([this.#served, this.#death.promise, tooLong]).catch(() => {});
    this.#death.silence();
    this.terminate();
  }

  /** Asks the worker to end; it lets go of its backend, also when the page is no more. */
  abandon(): void {
    this.control.store(Word.end, 1);
    this.control.signal();
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

/** A device that has not let go of its backend by then is ended all the same; milliseconds. */
const LONGEST_END = 5000;

/** That a worker has ended by itself: declared once, and the end of everything that waits for it. */
class Death {
  /** Rejects with a MachineError. */
  readonly promise: Promise<never>;
  declare!: (reason: string) => void;
  /**
   * Hears of it. Nobody does before the device is there: then it is whoever makes it who is told; and nobody
   * once the worker was told to end.
   */
  onDeath: ((reason: string) => void) | null = null;

  /** The end is the machine's own: calls under way are told, nobody else is. */
  silence!: () => void;

  constructor(kind: string) {
    this.promise = new Promise((_, reject) => {
      this.silence = () => {
        this.declare = () => {};
        reject(new MachineError('disposed', 'The machine has been disposed.', 'Make a new one.'));
      };
      this.declare = (reason) => {
        this.declare = () => {};
        const remedy = 'Reload the page; if it happens again, please report it.';
        reject(new MachineError('device-died', `The ${kind} worker failed: ${reason}.`, remedy));
        this.onDeath?.(reason);
      };
    });
    this.promise.catch(() => {});
  }
}

/** What to do about what a device says. */
const REMEDIES: Record<DeviceErrorCode, string> = {
  'disk-size':
    'Disks consist of sectors of 512 bytes: pad the image to a multiple, or choose one as the size.',
  'disk-unreadable': 'Check that the image is there and whole.',
  'disk-foreign': 'It is left as it is. Keep the disk under another name.',
  'disk-version': 'It is left as it is. Use the version of Ringbox that made it, or another name.',
  'disk-damaged': 'It is left as it is. Keep the disk under another name.',
  'disk-full': 'Free some room: delete kept disks, or files in the guest, or other sites’ data.',
  'disk-in-use': 'Close the other tab or machine first, or use a copy.',
  'disk-exists': 'Choose another name, or delete that disk first.',
  'disk-missing': 'Choose a disk that is kept in this browser.',
  'disk-name': 'Choose another name.',
  'image-format': 'Unpack the image, or convert it with `npx ringbox disk convert` or `qemu-img`.',
  'file-unwritable':
    'Allow the page to write there and see that there is room, or choose another file.',
  'disk-shrink': 'Disks only grow: choose a larger size, or copy what you need to a smaller disk.',
  'disk-read-only': 'Attach it without `readOnly` first.',
  'base-changed': 'Give the image that it was changed on, or forget the changes.',
  'snapshot-disk':
    'Give the machine the disks that it had, as they were at that moment; or start it anew.',
  'image-changed': 'Choose the file again, or open the address again, to use it as it is now.',
  'image-missing': 'Check the address of the image.',
  'image-no-ranges':
    'Put the image on a server that answers Range requests with status 206 and does not compress it; from another origin it must also send Access-Control-Expose-Headers: Content-Range, ETag.',
  'image-unreachable':
    'Check the address and the network; a server of another origin must send Access-Control-Allow-Origin.',
};

/** What the device says, for a person. Comlink carries the code as the name. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !Object.hasOwn(REMEDIES, error.name)) return error;
  return withRemedy(error.name as DeviceErrorCode, error.message, error);
}

/** What a device that is none of ours says of its options. */
function refusal(error: unknown): unknown {
  if (error instanceof MachineError || !(error instanceof Error)) return error;
  const remedy = 'Give it what it wants, or leave it out.';
  const message = `A device could not be made: ${error.message}.`;
  return new MachineError('device-refused', message, remedy, error);
}

function withRemedy(code: DeviceErrorCode, message: string, cause?: unknown): MachineError {
  return new MachineError(code, message, REMEDIES[code], cause);
}
