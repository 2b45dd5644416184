import type { Host } from '../../headless/host.ts';
import { OutputPump } from '../../headless/output-pump.ts';
import { forEachChunk } from '../../headless/streams.ts';
import { nextTask } from '../../link/next-task.ts';
import type { ExecOptions, ExecResult } from '../../machine/agent/agent.ts';
import type { ConsolePort } from '../../machine/console-port.ts';
import { MachineError } from '../../machine/errors.ts';
import { Machine, type MachineStatistics } from '../../machine/machine.ts';
import type { SerialPort } from '../../machine/serial-port.ts';
import type { Snapshot } from '../../machine/snapshot/snapshot.ts';
import { type Answer, type Failure, type MachinePlan, type Notice, paths } from '../protocol.ts';
import { LastTrace } from './last-trace.ts';
import { readPlan } from './options.ts';

/** The kit's page: one machine, and what Node calls. What the guest prints goes there as it comes. */
export class MachinePage {
  readonly #host: Host;
  #machine!: Machine;
  #console!: ConsolePort | SerialPort;
  #pump!: OutputPump;
  #trace!: LastTrace;
  /** Those that can be gone back to, with the bytes that the console had printed by then. */
  readonly #snapshots: { snapshot: Snapshot; printed: number }[] = [];
  /** Bytes that have come from the console before its count began anew. */
  #before = 0;
  /** Notices follow one another. */
  #told: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Calls a method. What has happened to the machine by its end is told before its answer. */
  async call(name: keyof Calls, parameters: unknown[]): Promise<Answer<unknown>> {
    const answer = await this.#answer(name, parameters);
    await this.#told;
    return answer;
  }

  /** Makes the machine, switched off. */
  async create(plan: MachinePlan): Promise<void> {
    const { options, console } = await readPlan(this.#host, plan);
    const machine = await Machine.create(options);
    const [port, other] =
      console === 'ttyS0' ? [machine.serial, machine.console] : [machine.console, machine.serial];
    this.#machine = machine;
    this.#console = port;
    this.#pump = new OutputPump(port.output, (parcel) => this.#host.send(paths.output, parcel));
    void forEachChunk(other.output, () => undefined);
    this.#trace = await LastTrace.start(await machine.inspect());
    machine.on('state', (state) => this.#tell({ state }));
    machine.on('error', (error) => this.#tell({ error: failureOf(error) }));
  }

  async start(): Promise<void> {
    this.#machine.start();
  }

  /** Resolves when all that the guest has printed has arrived. It needs a guest that has stopped writing. */
  async drain(): Promise<void> {
    await this.#console.drained();
    // What has left the port is on its way through the stream.
    while (this.#pump.bytes - this.#before < this.#console.outputBytes) await nextTask();
    await this.#pump.idle();
  }

  /** Holds the machine. Resolves when all that has happened until now is told. */
  async halt(): Promise<void> {
    await this.#machine.pause();
    await this.drain();
  }

  async resume(): Promise<void> {
    this.#machine.resume();
  }

  /** Makes a snapshot of the machine, which is held. @returns its number */
  async save(): Promise<number> {
    const snapshot = await this.#machine.snapshot();
    return this.#snapshots.push({ snapshot, printed: this.#console.outputBytes }) - 1;
  }

  /** The held machine becomes what it was at the snapshot with this number, and goes on. */
  async restore(number: number): Promise<void> {
    const { snapshot, printed } = this.#snapshots[number];
    this.#before = this.#pump.bytes - printed;
    await this.#trace.forget();
    await this.#machine.restore(snapshot);
    this.#machine.resume();
  }

  /** Forgets all snapshots but the first. */
  async forget(): Promise<void> {
    this.#snapshots.length = 1;
  }

  async reset(): Promise<void> {
    await this.#machine.reset();
  }

  async exec(command: string, options: ExecOptions): Promise<ExecResult> {
    return this.#machine.exec(command, options);
  }

  async write(data: string | Uint8Array): Promise<void> {
    await this.#console.write(data);
  }

  async writeFile(path: string, content: string | Uint8Array, timeout: number): Promise<void> {
    await this.#machine.files.write(path, content, { timeout });
  }

  async readFile(path: string, timeout: number): Promise<Uint8Array> {
    return this.#machine.files.read(path, { timeout });
  }

  async statistics(): Promise<MachineStatistics> {
    return this.#machine.statistics();
  }

  /** The last events of the machine's rings, as a Chrome trace. */
  async trace(): Promise<string> {
    return this.#trace.export();
  }

  /** A machine's failure is a value: of what is thrown only the text would arrive. */
  async #answer(name: keyof Calls, parameters: unknown[]): Promise<Answer<unknown>> {
    try {
      const method = this[name] as (...parameters: unknown[]) => Promise<unknown>;
      return { value: await method.apply(this, parameters) };
    } catch (error) {
      if (error instanceof MachineError) return { failure: failureOf(error) };
      throw error;
    }
  }

  #tell(notice: Notice): void {
    this.#told = this.#told.then(() => this.#host.send(paths.notices, [JSON.stringify(notice)]));
  }
}

/** What Node calls. */
export type Calls = Omit<MachinePage, 'call'>;

function failureOf({ code, message, remedy }: MachineError): Failure {
  return { code, message, remedy };
}
