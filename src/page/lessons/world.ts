import type {
  ChainSnapshot,
  DeviceControl,
  DeviceSnapshot,
  Inspector,
  Machine,
  QueueSnapshot,
  RequestDescription,
  TraceEvent,
  TraceReader,
} from '../../machine/index.ts';
import { findDevice } from '../device-names.ts';

/** The machine does not have what a lesson is about. */
export class LessonProblem extends Error {}

/** What lessons see of the machine, and what they do to it. Devices go by their names: see device-names.ts. */
export interface World {
  /** @throws LessonProblem when there is none of that name */
  device(name: string): DeviceSnapshot;
  queue(name: string, queue: number): QueueSnapshot;
  chain(name: string, queue: number, head: number): ChainSnapshot | null;
  request(name: string, queue: number, head: number): RequestDescription | null;
  control(name: string): DeviceControl;
  /** A copy of guest memory. */
  bytes(address: number, length: number): Uint8Array;
  /** Bytes that the guest has written to its console and that were read. */
  readonly consoleBytes: number;
  /** What has happened to the devices since the step began, for a step that is `traced`; the last of it. */
  readonly events: readonly TraceEvent[];
  /** Types into the terminal. */
  type(text: string): void;
  /** Types a command, instead of what somebody has begun to type. */
  run(command: string): void;
}

/** The shell's key that empties the line. */
const CLEAR_LINE = '\x15';

/** As many events are kept. */
const EVENTS_LIMIT = 20_000;

/** The real one. */
export class MachineWorld implements World {
  readonly #machine: Machine;
  readonly #inspector: Inspector;
  readonly #type: (text: string) => void;
  #events: TraceEvent[] = [];
  #reader: TraceReader | null = null;
  /** Counts what was wanted: what comes late for anything before is not. */
  #wanted = 0;
  #opening = false;

  constructor(machine: Machine, inspector: Inspector, type: (text: string) => void) {
    this.#machine = machine;
    this.#inspector = inspector;
    this.#type = type;
  }

  devices(): DeviceSnapshot[] {
    return this.#inspector.devices();
  }

  device(name: string): DeviceSnapshot {
    const device = findDevice(name, this.devices());
    if (device !== null) return device;
    throw new LessonProblem(`This machine has no ${name}. Ringbox’s own machine has one.`);
  }

  queue(name: string, queue: number): QueueSnapshot {
    const found = this.#inspector.queue(this.device(name).place, queue);
    if (found !== null) return found;
    throw new LessonProblem(`The ${name} of this machine has no queue ${queue}.`);
  }

  chain(name: string, queue: number, head: number): ChainSnapshot | null {
    return this.#inspector.chain(this.device(name).place, queue, head);
  }

  request(name: string, queue: number, head: number): RequestDescription | null {
    return this.#inspector.request(this.device(name).place, queue, head);
  }

  control(name: string): DeviceControl {
    const control = this.#inspector.control(this.device(name).place);
    if (control !== null) return control;
    throw new LessonProblem(`The ${name} of this machine has gone.`);
  }

  bytes(address: number, length: number): Uint8Array {
    return this.#inspector.bytes(address, length);
  }

  get consoleBytes(): number {
    return this.#machine.console.outputBytes;
  }

  get events(): readonly TraceEvent[] {
    this.#read();
    return this.#events;
  }

  type(text: string): void {
    this.#type(text);
  }

  run(command: string): void {
    this.#type(`${CLEAR_LINE}${command}\n`);
  }

  /** Empties the line that somebody has begun to type. */
  clearLine(): void {
    // Before the guest has said anything there is no line.
    if (this.consoleBytes > 0) this.#type(CLEAR_LINE);
  }

  /**
   * Opens the trace or closes it.
   * @param wanted whether a step wants to see events from now on
   * @returns whether it is so by now: opening takes a moment
   */
  traces(wanted: boolean): boolean {
    if (!wanted) {
      this.#wanted++;
      this.#opening = false;
      this.#reader?.close();
      this.#reader = null;
      this.#events = [];
      return true;
    }
    if (this.#reader === null && !this.#opening) void this.#open();
    return this.#reader !== null;
  }

  /** What is held, or has interrupts that are withheld. */
  get held(): DeviceSnapshot[] {
    return this.devices().filter(({ held, interruptsWithheld }) => held || interruptsWithheld);
  }

  /** Everything goes on. */
  release(): void {
    for (const { place } of this.held) {
      const control = this.#inspector.control(place);
      if (control === null) continue;
      control.withholdInterrupts = false;
      control.deliver();
      control.release();
    }
  }

  async #open(): Promise<void> {
    const wanted = ++this.#wanted;
    this.#opening = true;
    const reader = await this.#inspector.trace();
    if (wanted !== this.#wanted) {
      reader.close();
      return;
    }
    this.#opening = false;
    this.#reader = reader;
  }

  #read(): void {
    const records = this.#reader?.read();
    if (records === undefined) return;
    for (let at = 0; at < records.length; at++) this.#events.push(records.at(at));
    if (this.#events.length > EVENTS_LIMIT) this.#events.splice(0, EVENTS_LIMIT / 2);
  }
}
