import { BusMap } from '../../../bus/bus-map.ts';
import { VIRTIO_BLK_S_IOERR, VIRTIO_BLK_S_UNSUPP } from '../../../devices/block/layout.ts';
import { Attention } from '../../../link/control-block.ts';
import { nextTask } from '../../../link/next-task.ts';
import { PciBus } from '../../../pci/bus.ts';
import { GuestMemory } from '../../../ring/guest-memory.ts';
import type { UsedElement } from '../../../ring/index.ts';
import type { Trace } from '../../../trace/trace.ts';
import { Patience } from '../../../transport/patience.ts';
import { DeviceBay } from '../../device-bay.ts';
import { MachineError } from '../../errors.ts';
import type { ChainSnapshot } from '../chain-snapshot.ts';
import { Inspector } from '../inspector.ts';
import type { NamedBit } from '../named-bits.ts';
import type { QueueSnapshot } from '../queue-snapshot.ts';
import { ScratchDriver } from './driver.ts';
import { BUFFERS, NO_STATUS, type ScratchKind, type ScratchKindOf, scratchKinds } from './kinds.ts';
import { commitBlockRequest, honestRequest, type ScratchRequest } from './request.ts';
import type { ScriptedViolation, Violation, ViolationOutcome } from './violation.ts';
import { violations } from './violations.ts';

/** Bytes of the RAM of its own. */
const RAM = 256 * 1024;
const PORT_BLOCK_SHIFT = 9;
const NO_CPU = { interruptsOff: false, endSlice: () => {} };
/** The only device of its bay. */
const PLACE = 0;
/** Looks for the words of a worker that has told that it needs a reset. */
const LOOKS_FOR_WORDS = 1000;

/** What a device has answered to what its driver did. */
export interface ScratchAnswer {
  outcome: ViolationOutcome;
  /** The device's own words, where it needs a reset. */
  fault: string | null;
  /** The device status after it. */
  status: number;
  statusBits: NamedBit[];
  /** What came back. */
  used: UsedElement[];
  /** The status byte of a block request; null where the device has written none. */
  requestStatus: number | null;
  /** The ISR status that the driver read at the end. */
  isr: number;
  /** The queue before the device has looked at it, and the chain at fault where one can be walked. */
  queue: QueueSnapshot;
  chain: ChainSnapshot | null;
  /** What happened on both threads. */
  trace: Trace;
  /** After a reset an honest request was served. */
  servesAgain: boolean;
}

/** What a device has answered to a mistake. */
export interface ViolationAnswer extends ScratchAnswer {
  violation: Violation;
}

/** What is done once the driver has set its queue up. */
type Commitment = Pick<ScriptedViolation, 'commit' | 'features' | 'answers'>;

/**
 * A device to be broken on purpose: in a worker of its own, with a RAM of its own that no machine's guest sees, and
 * driven by some lines of script. One mistake at a time. For the page's own thread.
 */
export class ScratchDevice {
  readonly kind: ScratchKind;
  /** What can be done to it. */
  readonly violations: readonly Violation[];
  readonly #bay: DeviceBay;
  readonly #inspector: Inspector;
  readonly #driver: ScratchDriver;
  readonly #scripts: readonly ScriptedViolation[];
  /** One mistake follows another. */
  #last: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | null = null;

  private constructor(
    kind: ScratchKind,
    bay: DeviceBay,
    inspector: Inspector,
    driver: ScratchDriver,
  ) {
    this.kind = kind;
    this.#bay = bay;
    this.#inspector = inspector;
    this.#driver = driver;
    this.#scripts = violations.filter(({ kinds }) => kinds?.includes(kind) ?? true);
    this.violations = this.#scripts.map(withoutScript);
  }

  /** Starts the worker. @throws MachineError what keeps it from that */
  static async create(kind: ScratchKind): Promise<ScratchDevice> {
    const buffer = new SharedArrayBuffer(RAM);
    const memory = new GuestMemory(buffer, 0, RAM);
    const ports = new BusMap(PORT_BLOCK_SHIFT);
    // Nobody runs: there are no interrupts to be taken, there is no compiled code and no slice to end.
    const controller = { raiseInterrupt: () => {}, lowerInterrupt: () => {} };
    const bus = new PciBus(ports, controller, () => {});
    const attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
    const bay: DeviceBay = new DeviceBay({
      emulator: { buffer, ramOffset: 0, memory, ports, dropCode: () => {}, ...NO_CPU },
      bus,
      attention,
      patience: new Patience(0),
      offer: {},
      hooks: {
        deviceDied: () => bay.devices[PLACE]?.link.declareDead(),
        deviceTroubled: () => {},
      },
    });
    await bay.add([scratchKinds[kind].plan()]);
    const inspector = new Inspector({ memory, bus, bay, afterSlices: () => {} });
    const driver = new ScratchDriver(memory, bay.at(PLACE).device, attention);
    return new ScratchDevice(kind, bay, inspector, driver);
  }

  /**
   * Makes one mistake, on a device that was just reset, and waits for the answer.
   * @throws RangeError for one that this kind does not have
   * @throws MachineError 'device-died' when no answer comes
   */
  apply(id: string): Promise<ViolationAnswer> {
    const script = this.#scripts.find((each) => each.id === id);
    if (script === undefined) throw new RangeError(`no violation ${id} of a ${this.kind} device`);
    const violation = withoutScript(script);
    return this.#inTurn(async () => ({ violation, ...(await this.#carryOut(script)) }));
  }

  /** A request of a scratch disk that breaks no rule: what others are made from. */
  honestRequest(): ScratchRequest {
    return honestRequest();
  }

  /**
   * Sends one request of a scratch disk as it was laid out by hand, right or wrong, and waits for the answer.
   * @throws RangeError for another kind of device
   * @throws MachineError 'device-died' when no answer comes
   */
  request(request: ScratchRequest): Promise<ScratchAnswer> {
    if (this.kind !== 'block')
      throw new RangeError(`a ${this.kind} device takes no block requests`);
    const commit = (driver: ScratchDriver) => commitBlockRequest(driver, request);
    return this.#inTurn(() => this.#carryOut({ commit }));
  }

  /** Bytes of the RAM that its driver has: no buffer can lie beyond. */
  get memorySize(): number {
    return RAM;
  }

  /** Ends the worker. */
  dispose(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { host, device } = this.#bay.at(PLACE);
    device.link.declareDead();
    await host.end();
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#last.then(work);
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #carryOut({ commit, features, answers = 1 }: Commitment): Promise<ScratchAnswer> {
    const { queue, lay }: ScratchKindOf = scratchKinds[this.kind];
    const driver = this.#driver;
    const { host } = this.#bay.at(PLACE);
    await driver.start(queue, features);
    host.fault = null;
    const recording = await this.#inspector.record();
    const control = this.#inspector.control(PLACE);
    // Held, so that the picture is the one of before.
    await control?.hold();
    commit(driver, () => lay(driver));
    const before = this.#inspector.queue(PLACE, queue) as QueueSnapshot;
    const chain = this.#inspector.chain(PLACE, queue, before.available.elements[0]);
    control?.release();
    const answered = () => driver.needsReset || driver.usedIndex === answers;
    await driver.until(answered, 'an answer');
    if (driver.needsReset) await this.#untilWords();
    const answer = {
      ...this.#outcome(answers),
      ...this.#status(),
      isr: driver.readIsr(),
      queue: before,
      chain,
      trace: recording.stop(),
    };
    return { ...answer, servesAgain: await this.#servesAgain(queue, lay) };
  }

  /** The worker's words come by another way than the bit that says that it has some. */
  async #untilWords(): Promise<void> {
    const { host } = this.#bay.at(PLACE);
    for (let look = 0; look < LOOKS_FOR_WORDS && host.fault === null; look++) await nextTask();
  }

  #outcome(answers: number): Pick<ViolationAnswer, 'outcome' | 'fault' | 'used' | 'requestStatus'> {
    const driver = this.#driver;
    const { fault } = this.#bay.at(PLACE).host;
    if (driver.needsReset) {
      return { outcome: 'DEVICE_NEEDS_RESET', fault, used: [], requestStatus: null };
    }
    const used = driver.used(answers);
    const requestStatus = this.kind === 'block' ? this.#requestStatus() : null;
    return { outcome: this.#kindOfAnswer(used, requestStatus), fault: null, used, requestStatus };
  }

  #kindOfAnswer(used: UsedElement[], requestStatus: number | null): ViolationOutcome {
    if (requestStatus === VIRTIO_BLK_S_IOERR) return 'IOERR';
    if (requestStatus === VIRTIO_BLK_S_UNSUPP) return 'UNSUPP';
    if (this.kind === 'block') return 'served';
    const written = used.some(({ len }) => len > 0);
    return written || this.#hasReadable() ? 'served' : 'ignored';
  }

  /** A transmitted chain comes back with a length of 0; that it had something to transmit makes it served. */
  #hasReadable(): boolean {
    const { queue } = scratchKinds[this.kind];
    const chain = this.#inspector.chain(PLACE, queue, 0);
    return this.kind === 'console' && chain !== null && chain.readableLength > 0;
  }

  #requestStatus(): number | null {
    const status = this.#driver.memory.read8(BUFFERS.status);
    return status === NO_STATUS ? null : status;
  }

  #status(): Pick<ViolationAnswer, 'status' | 'statusBits'> {
    const device = this.#inspector.device(PLACE);
    if (device === null) {
      throw new MachineError('device-died', 'The scratch device is gone.', 'Make a new one.');
    }
    return { status: device.status, statusBits: device.statusBits };
  }

  async #servesAgain(queue: number, lay: (driver: ScratchDriver) => number): Promise<boolean> {
    await this.#driver.start(queue);
    lay(this.#driver);
    this.#driver.makeAvailable(0);
    this.#driver.notify();
    const answered = () => this.#driver.needsReset || this.#driver.usedIndex === 1;
    await this.#driver.until(answered, 'an answer to an honest request');
    return !this.#driver.needsReset;
  }
}

function withoutScript(script: ScriptedViolation): Violation {
  const { id, title, group, expected, reason, rule, clause } = script;
  return { id, title, group, expected, reason, rule, clause };
}
