import { findPanicMessage } from '../boot/panic-message.ts';
import { AGENT_NAME, Agent, type ExecOptions, type ExecResult } from './agent/agent.ts';
import { GuestFiles } from './agent/guest-files.ts';
import type { PortRings } from './assembly.ts';
import {
  assemble,
  checkRoom,
  diskName,
  type Hardware,
  planConsole,
  planDisk,
  planRng,
} from './assembly.ts';
import { ConsolePort } from './console-port.ts';
import type { DevicePlan } from './device-bay.ts';
import { Disk } from './disks/disk.ts';
import { KeptDiskServer } from './disks/kept-disk-server.ts';
import { askForPersistence } from './disks/storage.ts';
import { MachineError } from './errors.ts';
import { Events, type MachineEvents, type MachineState } from './events.ts';
import type { Inspector } from './inspector/index.ts';
import {
  type DiskOptions,
  type MachineOptions,
  MEMORY_LIMITS,
  type OfferOptions,
} from './options.ts';
import { OUTSIDE, OutsideDevice, planOutsideDevices } from './outside-device.ts';
import { PanicWatch } from './panic-watch.ts';
import { checkDisk, checkEnvironment, checkOptions } from './prerequisites.ts';
import { Rest } from './rest.ts';
import { HELD, Scheduler } from './scheduler.ts';
import { SerialPort } from './serial-port.ts';
import {
  type MachineParts,
  restoreMachine,
  type SavedMachine,
  saveMachine,
} from './snapshot/machine-state.ts';
import { checkHardware, describe, Snapshot, type SnapshotOptions } from './snapshot/snapshot.ts';
import { type PowerOn, readSoftware } from './software.ts';
import { SyncPoints } from './sync-points.ts';
import { UART_PORTS, UartWatch } from './uart-watch.ts';

/** After the pvpanic device was told, the kernel may go on this long to print, in milliseconds. */
const PANIC_PRINT_TIME = 1000;
/** Places of the devices: disks come before all others, so that more kinds do not move them. */
const CONSOLE_INDEX = 0;
const FIRST_DISK_INDEX = 1;

/** Counters that only grow, since the machine was made; differences are rates. */
export interface MachineStatistics {
  /** Guest instructions. */
  instructions: number;
  /** The CPU waits for an interrupt. */
  halted: boolean;
  /** Bytes that the guest has written to hvc0 and ttyS0. */
  consoleBytes: number;
  disks: {
    /** Requests that the disk has completed. */
    requests: number;
  }[];
}

/**
 * A computer: an x86 CPU with RAM, a virtio console, virtio disks and a virtio entropy device,
 * each device in a worker of its own. For the page's own thread.
 *
 * It is made whole, switched off: `create`, then `start`.
 */
export class Machine {
  readonly console: ConsolePort;
  /** The ports of `options.ports`, by name. */
  readonly ports: ReadonlyMap<string, ConsolePort>;
  readonly serial: SerialPort;
  /** The guest's files; it needs `options.agent`. */
  readonly files: GuestFiles;
  /** The devices of `options.devices`, by name. */
  readonly devices: ReadonlyMap<string, OutsideDevice>;
  readonly #agent: Agent | null;
  /** The console, the ports, and the agent's. */
  readonly #allPorts: readonly ConsolePort[];
  readonly #events = new Events<MachineEvents>();
  /** The page goes: kept disks take what was written, and the next page can have them. */
  readonly #leave = (event: PageTransitionEvent) => {
    if (!event.persisted) for (const { host } of this.#hardware.bay.all) host.abandon();
  };
  readonly #hardware: Hardware;
  readonly #syncPoints: SyncPoints;
  readonly #scheduler: Scheduler;
  readonly #rest = new Rest();
  readonly #keptDiskServer = new KeptDiskServer(this);
  readonly #startSoftware: PowerOn;
  readonly #onReboot: 'reset' | 'stop';
  readonly #offer: OfferOptions;
  /** The disks in the order of their attachment. */
  readonly #disks = new Map<Disk, Attachment>();
  /** The numbers of the disks that are attached, and of those that are being. */
  readonly #diskNumbers = new Set<number>();
  readonly #panicWatches = { console: new PanicWatch(), serial: new PanicWatch() };
  #uart!: UartWatch;
  #state: MachineState = 'ready';
  /** The devices that have died and are still there, by place. */
  readonly #deaths = new Map<number, MachineError>();
  #resetting: Promise<void> | null = null;
  #restoring: Promise<void> | null = null;
  /** Resolves when all devices stand still that were told to last, or go on again. */
  #still: Promise<unknown> = Promise.resolve();
  #rebootRequested = false;
  #panicSince: number | null = null;
  #inspector: Promise<Inspector> | null = null;
  /** What is done after each slice; null for nothing. */
  #afterSlice: (() => void) | null = null;

  private constructor(
    hardware: Hardware,
    startSoftware: PowerOn,
    options: MachineOptions,
    wiring: Wiring,
  ) {
    this.#hardware = hardware;
    this.#startSoftware = startSoftware;
    this.#onReboot = options.onReboot ?? 'reset';
    this.#offer = options.offer ?? {};
    const { attention, bay, emulator } = hardware;
    this.#syncPoints = new SyncPoints(attention, bay.devices, emulator);
    this.#scheduler = new Scheduler(attention, {
      beginTurn: () => hardware.patience.refill(),
      runSlice: () => this.#slice(),
    });
    wiring.syncPoint = (halted) => this.#syncPoints.pass(halted);
    wiring.wake = () => this.#scheduler.wake();
    wiring.rebootRequested = () => {
      this.#rebootRequested = true;
    };
    wiring.panicked = () => {
      this.#panicSince ??= performance.now();
    };
    wiring.deviceTroubled = (name, { code, message, remedy }) => {
      const error = new MachineError(code, `${name}: ${message}.`, remedy);
      if (this.#state !== 'disposed') this.#events.emit('error', error);
    };
    wiring.deviceDied = (name, index, reason) => this.#deviceDied(name, index, reason);
    this.serial = this.#makeSerial();
    const serialByte = new Uint8Array(1);
    wiring.serialOutput = (byte) => {
      serialByte[0] = byte;
      this.#panicWatches.serial.look(serialByte);
      this.serial.receive(byte);
    };
    const ports = this.#makePorts(wiring.rings);
    this.#allPorts = [...ports];
    this.console = ports[0];
    const agentPort = options.agent ? ports.pop() : undefined;
    this.ports = new Map(ports.slice(1).map((port) => [port.name, port]));
    this.#agent = agentPort ? new Agent(agentPort, () => this.console.lastWords) : null;
    this.files = new GuestFiles((command, how) => this.#running(command).run(command, how));
    (options.disks ?? []).forEach((disk, index) => {
      this.#diskNumbers.add(index);
      this.#addDisk(disk, { place: FIRST_DISK_INDEX + index, number: index });
    });
    const outside = hardware.bay.all.filter(({ plan }) => plan.kind === OUTSIDE);
    this.devices = new Map(
      outside.map(({ plan, host }) => [plan.name, new OutsideDevice(plan.name, host)]),
    );
    addEventListener('pagehide', this.#leave);
  }

  /**
   * Makes a machine: loads the emulator, starts the workers, reads the disks.
   * @throws MachineError with what is wrong and what to do
   */
  static async create(options: MachineOptions): Promise<Machine> {
    checkEnvironment();
    checkOptions(options);
    const startSoftware = await readSoftware(options);
    const agentPorts = options.agent ? [AGENT_NAME] : [];
    const { plan, rings } = planConsole([...(options.ports ?? []), ...agentPorts]);
    const offer = options.offer ?? {};
    const disks = (options.disks ?? []).map((disk, index) => planDisk(disk, index, offer));
    const outside = planOutsideDevices(options.devices ?? []);
    const plans: DevicePlan[] = [plan, ...disks, planRng(), ...outside];
    const wiring = new Wiring(rings);
    const memory = options.memory ?? MEMORY_LIMITS.standard;
    const hardware = await assemble(memory, plans, offer, wiring);
    return new Machine(hardware, startSoftware, options, wiring);
  }

  get state(): MachineState {
    return this.#state;
  }

  /** The disks that are attached, in the order of their attachment. The list is as of now. */
  get disks(): readonly Disk[] {
    return [...this.#disks.keys()];
  }

  /**
   * Attaches another disk, also while the machine runs: a virtio function in a free PCI slot. Nothing
   * in this machine tells a guest of that, which has neither ACPI nor a hot-plug controller: Linux
   * finds the disk by `echo 1 > /sys/bus/pci/rescan`, and names it with the first name that is free.
   * @throws MachineError what is wrong with the options; 'too-many-devices'
   */
  async attachDisk(options: DiskOptions): Promise<Disk> {
    if (this.#state === 'disposed') throw this.#wrongState('have another disk');
    checkDisk(options);
    const { bay } = this.#hardware;
    checkRoom(bay.taken + 1, bay.taken - this.#disks.size);
    const number = this.#freeNumber();
    this.#diskNumbers.add(number);
    const adding = bay.add([planDisk(options, number, this.#offer)]);
    const [place] = await adding.catch((error) => {
      this.#diskNumbers.delete(number);
      throw error;
    });
    if (this.state === 'disposed') {
      await bay.at(place).host.end();
      throw this.#wrongState('have another disk');
    }
    const disk = this.#addDisk(options, { place, number });
    this.#events.emit('disks', this.disks);
    return disk;
  }

  /**
   * Detaches a disk. What was written to it is flushed, and a kept one can be opened by others when
   * the promise resolves; whatever the guest still asks of it is an I/O error. Linux should first be
   * made to let go of it: unmount it, then `echo 1 > /sys/block/vdX/device/../remove`. A guest that has
   * not sees the failing disk in its slot until it does so, or until the next reset.
   * @throws MachineError 'disk-detached' when it is none of this machine's; 'disk-full' when what was
   *   written last could not be kept, but detached it is
   */
  async detachDisk(disk: Disk): Promise<void> {
    // Whoever reads it just now is to have all of it.
    while (this.#rest.active) await this.#rest.over;
    if (this.state === 'disposed') throw this.#wrongState('let a disk go');
    const attachment = this.#disks.get(disk);
    if (attachment === undefined) {
      const message = `The disk ${disk.name} is not attached to this machine.`;
      throw new MachineError('disk-detached', message, 'Choose one of `machine.disks`.');
    }
    const { place, number } = attachment;
    this.#disks.delete(disk);
    this.#diskNumbers.delete(number);
    this.#events.emit('disks', this.disks);
    const { bay } = this.#hardware;
    const { host, device } = bay.at(place);
    // A driver that waits for a disk that is held would never let go.
    device.link.release();
    try {
      await host.call('release');
    } catch (error) {
      // A worker that has died has let go as well.
      if (!(error instanceof MachineError) || error.code !== 'device-died') throw error;
    } finally {
      this.#deaths.delete(place);
      if (this.#state !== 'disposed') bay.remove(place);
    }
  }

  /** Calls `listener` at each `name` event. @returns the function that ends it */
  on<Name extends keyof MachineEvents>(
    name: Name,
    listener: (value: MachineEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Runs a shell command in the guest, as root in /root, and waits for its end; commands run one after
   * the other. It may be called at once after `start`: it waits for the guest. What the command leaves
   * running in the background goes on. It needs `options.agent`. The console is watched from then on.
   * @throws MachineError 'timeout', with what was printed last; 'guest-ended'; 'no-agent'; 'wrong-state';
   *   'command-too-long', 'output-too-long'
   */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { output, errors, status } = await this.#running(command).run(command, options);
    const decoder = new TextDecoder();
    return { output: decoder.decode(output), errors: decoder.decode(errors), status };
  }

  /** Switches the machine on. @throws MachineError when its software does not fit it */
  start(): void {
    if (this.#state !== 'ready') throw this.#wrongState('start');
    if (this.#rest.active) this.#rest.afterwards(() => this.#startLate());
    else this.#powerOn();
  }

  /** Holds the CPU and the devices. Resolves when all stand still. */
  async pause(): Promise<void> {
    if (this.#rest.active) this.#rest.afterwards(null);
    // Without a wait, unless there is something to be waited for: a resumption that follows at once comes after.
    if (this.#becomesAnother) await this.#untilReset();
    if (this.#state === 'running') this.#hold();
    await this.#still;
  }

  /** Goes on after `pause`. */
  resume(): void {
    if (this.#state !== 'paused') return;
    if (this.#rest.active) {
      this.#rest.afterwards(() => this.resume());
      return;
    }
    for (const { device } of this.#hardware.bay.all) device.link.resume();
    this.#setState('running');
    this.#scheduler.start();
  }

  /**
   * Holds the CPU and the devices while `work` is going on, so that what it reads of the disks is one
   * moment of them. Then the machine goes on as before, or as it was told meanwhile.
   */
  async atRest<Result>(work: () => Promise<Result>): Promise<Result> {
    const begin = async () => {
      if (this.#becomesAnother) await this.#untilReset();
      if (this.#state === 'running') {
        this.#rest.afterwards(() => this.resume());
        this.#hold();
      }
      await this.#still;
    };
    return this.#rest.during(begin, work);
  }

  /**
   * Makes a snapshot of the machine as it is at this moment. It stands still meanwhile, for some tens of
   * milliseconds, and then goes on as before. Requests that are under way may be done twice: by the
   * machine that goes on, and by one that is restored.
   * @param options whether disks that are kept in the browser are included: they take their time, and their room in memory
   * @throws MachineError 'wrong-state' unless it runs or is paused, or while a disk that was detached waits
   *   for its driver; 'device-died'; 'disk-full' when what was written to a kept disk cannot be made durable
   */
  async snapshot({ keptDisks = 'referenced' }: SnapshotOptions = {}): Promise<Snapshot> {
    return this.atRest(async () => {
      if (this.#state !== 'paused') throw this.#wrongState('be saved');
      const parts = this.#parts();
      const state = await saveMachine(parts, this.#panicSince !== null, { keptDisks });
      return new Snapshot(describe(parts), state);
    });
  }

  /**
   * Becomes what `snapshot` tells, whatever it was. It runs afterwards, unless it was paused; a machine that
   * has not been started need not be. It must have the hardware of the one that the snapshot is of: memory, disks
   * in the same order, ports and offer. Consoles go on where they were: what was written there and
   * not read comes again, and `outputBytes` tells after how many bytes. The clock of a guest with an agent is
   * set, and its kernel gets new random bytes; in others, time goes on where it was (their battery-backed clock tells the
   * present), and random numbers are those of the snapshot until the kernel draws anew.
   *
   * A kept disk that the snapshot includes is what it was from then on, also after a power cut; one in the middle leaves
   * it as it was before, or as it is to be. What else was changed on it is lost.
   *
   * A snapshot is trusted as a disk image is: it decides about all of the guest, and nothing outside of it.
   * @throws MachineError 'snapshot-version', 'snapshot-hardware', 'snapshot-disk' when a disk lies on another
   *   image or a kept one that is not included has changed, or 'disk-full' when there is no room for an included one beside
   *   what it holds: then the machine goes on as it was; 'device-died'
   */
  async restore(snapshot: Snapshot): Promise<void> {
    while (this.#rest.active) await this.#rest.over;
    await this.#untilReset();
    if (this.#state === 'disposed') throw this.#wrongState('be restored');
    this.#restoring = this.#restore(snapshot);
    try {
      await this.#restoring;
    } finally {
      this.#restoring = null;
    }
  }

  /**
   * Switches the machine off and on again: memory is cleared, the software starts anew, disks keep
   * what was written to them.
   * @throws MachineError when a device has died: it cannot start again; a disk can be detached first
   */
  async reset(): Promise<void> {
    if (this.#state === 'disposed') throw this.#wrongState('reset');
    // Without a wait, unless there is something to be waited for: who comes next sees the reset.
    if (this.#restoring !== null) await this.#restoring.catch(() => {});
    this.#checkDeaths();
    this.#resetting ??= this.#reset();
    try {
      await this.#resetting;
    } finally {
      this.#resetting = null;
    }
  }

  /** Ends every worker and frees the memory. The machine cannot be used afterwards. */
  async dispose(): Promise<void> {
    if (this.#state === 'disposed') return;
    removeEventListener('pagehide', this.#leave);
    this.#scheduler.dispose();
    this.#keptDiskServer.dispose();
    this.#setState('disposed');
    this.console.dispose();
    for (const port of this.ports.values()) port.dispose();
    this.serial.dispose();
    const devices = this.#hardware.bay.all;
    for (const { device } of devices) device.link.declareDead();
    // An inspector that could not be loaded has nothing to be ended.
    const inspector = await this.#inspector?.catch(() => null);
    await Promise.all([inspector?.dispose(), ...devices.map(({ host }) => host.end())]);
    await this.#hardware.emulator.dispose();
  }

  /** `await using machine = ...` disposes it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  statistics(): MachineStatistics {
    const { emulator, bay } = this.#hardware;
    return {
      instructions: emulator.instructions,
      halted: emulator.halted,
      consoleBytes: this.console.outputBytes + this.serial.outputBytes,
      disks: Array.from(this.#disks.values(), ({ place }) => {
        return { requests: bay.at(place).device.link.completed };
      }),
    };
  }

  /**
   * The way to look at the virtio devices, and the same each time. Its code is loaded when it is first asked for;
   * until then it costs nothing.
   */
  inspect(): Promise<Inspector> {
    this.#inspector ??= this.#makeInspector();
    // A failure is not kept: what could not be loaded is tried again.
    this.#inspector.catch(() => {
      this.#inspector = null;
    });
    return this.#inspector;
  }

  /**
   * Ends device worker `index` as a defect would, for tests: 0 is the console, then come the disks,
   * then the rest, then the disks that were attached later.
   */
  killDevice(index: number): void {
    this.#hardware.bay.at(index).host.kill();
  }

  async #makeInspector(): Promise<Inspector> {
    const { Inspector } = await import('./inspector/index.ts');
    const { emulator, bus, bay } = this.#hardware;
    const afterSlices = (action: (() => void) | null) => {
      this.#afterSlice = action;
    };
    return new Inspector({ memory: emulator.memory, bus, bay, afterSlices });
  }

  /** @throws MachineError 'device-died' */
  #checkDeaths(): void {
    const [death] = this.#deaths.values();
    if (death !== undefined) throw death;
  }

  /** A reset or a restoration is under way. */
  get #becomesAnother(): boolean {
    return this.#resetting !== null || this.#restoring !== null;
  }

  /** The end of a reset is that the machine runs: whoever holds it meanwhile does so afterwards. */
  async #untilReset(): Promise<void> {
    await this.#resetting?.catch(() => {});
    await this.#restoring?.catch(() => {});
  }

  /** What a snapshot is made of. @throws MachineError when they are not all there */
  #parts(): MachineParts {
    this.#checkDeaths();
    const { bay } = this.#hardware;
    if (bay.all.some(({ device }) => device.leaving)) {
      throw this.#wrongState(
        'be saved or restored',
        'Let the guest release the detached disk first.',
      );
    }
    const first = bay.at(CONSOLE_INDEX);
    const disks = Array.from(this.#disks.values(), ({ place }) => bay.at(place));
    const others = bay.all.filter((device) => device !== first && !disks.includes(device));
    return {
      hardware: this.#hardware,
      devices: [first, ...disks, ...others],
      ports: this.#allPorts,
      serial: this.serial,
      uart: this.#uart,
    };
  }

  async #restore({ info, state }: Snapshot): Promise<void> {
    const parts = this.#parts();
    checkHardware(info, parts);
    const before = this.#state;
    this.#scheduler.stop();
    await Promise.all(parts.devices.map(({ device }) => device.link.pause()));
    const accepting = parts.devices.map(async ({ host, plan }, index) => {
      await host.accepts(state.devices[index].worker).catch((error) => {
        throw nameDevice(plan.name, error);
      });
    });
    try {
      await Promise.all(accepting);
    } catch (error) {
      if (before !== 'paused') for (const { device } of parts.devices) device.link.resume();
      if (before === 'running') this.#scheduler.start();
      throw error;
    }
    await this.#become(parts, state).catch((cause) => {
      if (this.#state === 'disposed') throw this.#wrongState('be restored');
      const error = halfRestored(cause);
      this.#failed(error);
      throw error;
    });
    if (this.state === 'disposed') throw this.#wrongState('be restored');
    if (before === 'paused') return;
    this.#setState('paused');
    this.resume();
  }

  async #become(parts: MachineParts, state: SavedMachine): Promise<void> {
    this.#rebootRequested = false;
    this.#panicSince = state.panicking ? performance.now() : null;
    for (const watch of Object.values(this.#panicWatches)) watch.forget();
    await restoreMachine(parts, state);
    this.#tellPorts(null);
    this.#agent?.tellRestored();
    this.console.tellSize();
    for (const disk of this.#disks.keys()) disk.restored();
  }

  #hold(): void {
    this.#scheduler.stop();
    this.#setState('paused');
    this.#still = Promise.all(this.#hardware.bay.all.map(({ device }) => device.link.pause()));
  }

  /** Starts when nobody is there any more to be told that it cannot. */
  #startLate(): void {
    try {
      if (this.#state === 'ready') this.#powerOn();
    } catch (error) {
      this.#events.emit('error', error as MachineError);
    }
  }

  async #reset(): Promise<void> {
    await this.#rest.over;
    this.#scheduler.stop();
    const { bay } = this.#hardware;
    const devices = bay.all.map(({ device }) => device);
    for (const device of devices) device.reset();
    await Promise.all(devices.map((device) => device.link.untilReset()));
    bay.removeLeaving();
    if (this.#state !== 'disposed') this.#powerOn();
  }

  #powerOn(): void {
    const { emulator, bus, bay } = this.#hardware;
    for (const { device } of bay.all) device.link.resume();
    this.#rebootRequested = false;
    this.#panicSince = null;
    for (const watch of Object.values(this.#panicWatches)) watch.forget();
    this.#uart.reset();
    emulator.reset();
    bus.reset();
    try {
      this.#startSoftware(emulator, bus);
    } catch (error) {
      this.#setState('failed');
      throw error;
    }
    this.#tellPorts(null);
    this.#agent?.greet();
    this.#setState('running');
    this.#scheduler.start();
  }

  /** Runs the guest for a slice. @returns milliseconds until it has work, Infinity at its end */
  #slice(): number {
    if (this.#state !== 'running') return Number.POSITIVE_INFINITY;
    if (this.serial.full) return HELD;
    const { emulator } = this.#hardware;
    let milliseconds: number;
    try {
      milliseconds = emulator.runSlice();
    } catch (error) {
      this.#cpuFailed(error);
      return Number.POSITIVE_INFINITY;
    }
    this.#afterSlice?.();
    if (this.#panicIsOver()) return this.#end('panicked');
    if (this.#rebootRequested) return this.#reboot();
    if (emulator.stopped) return this.#end('off');
    if (emulator.halted) return milliseconds;
    return this.#syncPoints.guestPolls ? POLL_SLEEP : 0;
  }

  #end(state: 'off' | 'panicked'): number {
    this.#setState(state);
    if (state === 'off') this.#events.emit('off', undefined);
    else void this.#tellPanic();
    return Number.POSITIVE_INFINITY;
  }

  #reboot(): number {
    if (this.#panicSince !== null || this.#lastWords) return this.#end('panicked');
    if (this.#onReboot === 'stop') this.#setState('off');
    this.#events.emit('reboot', undefined);
    if (this.#onReboot === 'reset') this.reset().catch((error) => this.#failed(error));
    return Number.POSITIVE_INFINITY;
  }

  /** A panic has happened, and its last words have been said or had the time for it. */
  #panicIsOver(): boolean {
    if (this.#lastWords) {
      // With a pvpanic driver its word counts: anybody can print a kernel's last words.
      if (this.#panicSince !== null || !this.#hardware.pvpanic.inUse) return true;
    }
    return this.#panicSince !== null && performance.now() - this.#panicSince > PANIC_PRINT_TIME;
  }

  /** The kernel has said its last words. */
  get #lastWords(): boolean {
    return this.#panicWatches.console.ended || this.#panicWatches.serial.ended;
  }

  async #tellPanic(): Promise<void> {
    const { console, serial } = this.#panicWatches;
    const printed = console.message ?? serial.message;
    const message = printed ?? (await findPanicMessage(this.#hardware.emulator.memory));
    this.#events.emit('panic', message ?? 'the kernel gave no reason');
  }

  #cpuFailed(cause: unknown): void {
    const message = `The CPU stopped: ${cause instanceof Error ? cause.message : String(cause)}.`;
    this.#failed(new MachineError('cpu-failed', message, 'Reset the machine.', cause));
  }

  #failed(error: MachineError): void {
    this.#setState('failed');
    this.#events.emit('error', error);
  }

  #deviceDied(name: string, index: number, reason: string): void {
    if (this.#state === 'disposed') return;
    const device = this.#hardware.bay.devices[index];
    device?.link.declareDead();
    this.#hardware.attention.request(index);
    // A disk that was detached has nothing any more that could be lost.
    if (device?.leaving === true) return;
    const message = `${name} has failed (${reason}). The guest was told: the device needs a reset.`;
    const remedy = 'Save what you can, then start a new machine.';
    const death = new MachineError('device-died', message, remedy);
    this.#deaths.set(index, death);
    this.#events.emit('error', death);
  }

  #makeSerial(): SerialPort {
    const { emulator } = this.#hardware;
    const device = {
      room: () => this.#uart.room,
      send: (bytes: Uint8Array) => emulator.serialInput(bytes),
    };
    const serial = new SerialPort(device, () => this.#scheduler.wake());
    this.#uart = new UartWatch(emulator, serial);
    emulator.ports.map(UART_PORTS.base, UART_PORTS.length, this.#uart);
    return serial;
  }

  #makePorts(rings: PortRings[]): ConsolePort[] {
    const { host } = this.#hardware.bay.at(CONSOLE_INDEX);
    const device = {
      signal: () => host.control.signal(),
      hangUp: (port: number) => host.call<void>('hangUp', port),
      holdsOutput: (port: number) => host.call<boolean>('holdsOutput', port),
      resize: (columns: number, rows: number) => host.call<void>('resize', columns, rows),
    };
    return rings.map((ring, number) => {
      const look = (bytes: Uint8Array) => {
        if (number === CONSOLE_INDEX) this.#panicWatches.console.look(bytes);
      };
      return new ConsolePort(ring.name, number, ring, device, look);
    });
  }

  #addDisk(options: DiskOptions, attachment: Attachment): Disk {
    const { readOnly = false, keep } = options;
    if (keep !== undefined) askForPersistence();
    const name = diskName(options, attachment.number);
    const { host } = this.#hardware.bay.at(attachment.place);
    const isAttached = (): boolean => this.#disks.has(disk);
    const disk = new Disk({ name, readOnly, kept: keep ?? null, host, isAttached });
    this.#disks.set(disk, attachment);
    return disk;
  }

  #freeNumber(): number {
    let number = 0;
    while (this.#diskNumbers.has(number)) number++;
    return number;
  }

  #setState(state: MachineState): void {
    if (this.#state === state) return;
    this.#state = state;
    const end = ENDS[state];
    if (end !== undefined) {
      this.#tellPorts(end);
      this.#agent?.guestEnded(end);
    }
    this.#events.emit('state', state);
  }

  /** Tells whoever waits for the guest's words of its end, or (null) that it starts anew. */
  #tellPorts(end: string | null): void {
    for (const port of [this.console, ...this.ports.values(), this.serial]) port.guestEnded(end);
  }

  /** The agent of a guest that runs. @throws MachineError 'no-agent'; 'wrong-state' */
  #running(command: string): Agent {
    if (this.#agent === null) {
      throw new MachineError(
        'no-agent',
        'This machine was made without an agent, so no command can be run in its guest.',
        'Make it with `agent: true` and a guest that starts `ringbox-agent`, as the default guest does.',
      );
    }
    if (ENDS[this.#state] !== undefined || this.#state === 'ready') {
      throw this.#wrongState(`run ${command}`);
    }
    this.console.watch();
    return this.#agent;
  }

  #wrongState(verb: string, otherwise = 'Use `reset`.'): MachineError {
    const remedies: Partial<Record<MachineState, string>> = {
      ready: 'Use `start` first.',
      disposed: 'Make a new one.',
    };
    const remedy = remedies[this.#state] ?? otherwise;
    const code = this.#state === 'disposed' ? 'disposed' : 'wrong-state';
    return new MachineError(code, `A machine that is ${this.#state} cannot ${verb}.`, remedy);
  }
}

/** The states in which the guest says nothing any more, in words. */
const ENDS: Partial<Record<MachineState, string>> = {
  off: 'The guest is off',
  panicked: 'The guest has panicked',
  failed: 'The machine has failed',
  disposed: 'The machine was disposed',
};

/**
 * How long a guest that polls in vain sleeps at most, unless a device asks for attention; in
 * milliseconds. Not for ever: it may be doing something else.
 */
const POLL_SLEEP = 4;

/** A device's refusal, with the name of the device. */
function nameDevice(name: string, error: unknown): unknown {
  if (!(error instanceof MachineError) || error.code === 'device-died') return error;
  return new MachineError(error.code, `${name}: ${error.message}.`, error.remedy, error);
}

/** What a restoration that has failed in its middle comes to. */
function halfRestored(cause: unknown): MachineError {
  if (cause instanceof MachineError) {
    const message = `The machine is of no use any more, since it could not be restored: ${cause.message}`;
    return new MachineError(cause.code, message, `${cause.remedy} Then reset it.`, cause);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The snapshot makes no sense, and the machine is of no use any more: ${reason}.`;
  return new MachineError('snapshot-damaged', message, 'Reset it.', cause);
}

/** Where a disk is. */
interface Attachment {
  /** Its place among the devices. */
  place: number;
  /** What the guest counts it as, most likely: a new disk gets the first number that is free. */
  number: number;
}

/** Connects the hardware, which is made first, with the machine, which is made of it. */
class Wiring {
  readonly rings: PortRings[];
  syncPoint: (halted: boolean) => void = () => {};
  rebootRequested: () => void = () => {};
  wake: () => void = () => {};
  serialOutput: (byte: number) => void = () => {};
  panicked: () => void = () => {};
  deviceDied: (name: string, index: number, reason: string) => void = () => {};
  deviceTroubled: (name: string, error: MachineError) => void = () => {};

  constructor(rings: PortRings[]) {
    this.rings = rings;
  }
}
