import type { Terminal } from '@xterm/xterm';
import { BothConsoles } from '../machine/both-consoles.ts';
import type { MachineError } from '../machine/errors.ts';
import type { MachineState } from '../machine/events.ts';
import type { Machine } from '../machine/index.ts';
import type { MachineOptions } from '../machine/options.ts';
import { drain, linkConsole } from './console-link.ts';
import { type LoadedMachine, loadPlan } from './load.ts';
import { type MachinePlan, usesSerialConsole } from './plan.ts';
import { forgetRootDisk } from './root-disk.ts';
import type { SavedMachine } from './saved/saved-machine.ts';
import type { LoadingContext } from './transfer.ts';

export type CreateMachine = (options: MachineOptions) => Promise<Machine>;

/** What is done between two machines: neither of them has the disks then. */
export type Prepare = (context: LoadingContext) => Promise<void>;

/** How a machine is started. */
export interface StartOptions {
  /** What is done between the one before and the new one. */
  prepare?: Prepare | undefined;
  /** It goes on as it was saved, if it was; otherwise it boots. */
  goesOn?: boolean;
}

/** What a session tells the page. */
export interface SessionEvents {
  loading(plan: MachinePlan, goesOn: boolean): void;
  onTransfer: LoadingContext['onTransfer'];
  made(machine: Machine, loaded: LoadedMachine): void;
  /** The machine has not booted: it goes on as it was saved. */
  wentOn(saved: SavedMachine): void;
  state(state: MachineState): void;
  panic(text: string): void;
  /** @param machine null if none could be made */
  error(reason: unknown, machine: Machine | null): void;
  /** The machine that was there is no more. */
  ended(): void;
}

/**
 * Leaves the alternate screen, mouse reports and colours that a dead guest has left behind, and
 * nothing else: the cursor stays where it is (of the ways to leave the screen only 1047 does that).
 */
const SOFT_RESET = '\x1b[?1047l\x1b[?1000;1002;1003;1006l\x1b[!p';

/** Forgets all that was written before it. */
const FULL_RESET = '\x1bc';

/** One machine at a time: making it, joining it to the terminal, ending it. */
export class Session {
  readonly #createMachine: CreateMachine;
  readonly #terminal: Terminal;
  readonly #events: SessionEvents;
  readonly #modify: (typed: string) => string;
  #machine: Machine | null = null;
  #release: LoadedMachine['release'];
  #plan: MachinePlan | null = null;
  #loading = new AbortController();
  #unlink: (() => void)[] = [];
  #ending: Promise<void> = Promise.resolve();

  /** @param modify what becomes of what is typed into the terminal */
  constructor(
    createMachine: CreateMachine,
    terminal: Terminal,
    events: SessionEvents,
    modify: (typed: string) => string,
  ) {
    this.#modify = modify;
    this.#createMachine = createMachine;
    this.#terminal = terminal;
    this.#events = events;
  }

  get machine(): Machine | null {
    return this.#machine;
  }

  /** Ends whatever is there and starts what is planned. Never rejects: failures are events. */
  async start(plan: MachinePlan, options: StartOptions = {}): Promise<void> {
    const { prepare, goesOn = false } = options;
    this.#loading.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const { signal } = loading;
    const context = { onTransfer: this.#events.onTransfer, signal };
    try {
      this.#events.loading(plan, goesOn);
      await this.#end();
      signal.throwIfAborted();
      await prepare?.(context);
      signal.throwIfAborted();
      // Not before: what could not be prepared is not what is to be tried again.
      this.#plan = plan;
      const loaded = await loadPlan(plan, context, goesOn);
      const machine = await this.#make(loaded);
      if (signal.aborted) await this.#dispose(machine, loaded.release);
      else await this.#adopt(machine, loaded);
    } catch (reason) {
      // A later start has taken over; nobody waits for this one.
      if (!loading.signal.aborted) this.#events.error(reason, null);
      loading.abort();
    }
  }

  /** What was started last. */
  get plan(): MachinePlan | null {
    return this.#plan;
  }

  /**
   * @param changes to the plan that was started last
   * @param prepare what is done between the machine that is there and the next one
   */
  async startAgain(changes: Partial<MachinePlan> = {}, prepare?: Prepare): Promise<void> {
    if (this.#plan !== null) await this.start({ ...this.#plan, ...changes }, { prepare });
  }

  /** Starts the same again on a root disk without any changes: they are forgotten. */
  async startFresh(): Promise<void> {
    if (this.#plan !== null) await this.start(this.#plan, { prepare: forgetRootDisk });
  }

  async reset(): Promise<void> {
    const machine = this.#machine;
    if (machine === null) return;
    try {
      await machine.reset();
      // Not before: a machine that refuses keeps what it has said. Not later: it has not run yet.
      if (machine === this.#machine) this.#terminal.reset();
    } catch (reason) {
      this.#events.error(reason, machine);
    }
  }

  async #make({ options, release }: LoadedMachine): Promise<Machine> {
    try {
      return await this.#createMachine(options);
    } catch (reason) {
      await release?.();
      throw reason;
    }
  }

  async #adopt(machine: Machine, loaded: LoadedMachine): Promise<void> {
    this.#machine = machine;
    this.#release = loaded.release;
    this.#terminal.reset();
    this.#unlink = [
      ...this.#linkConsoles(machine, loaded.options),
      machine.on('state', (state) => this.#events.state(state)),
      machine.on('panic', (text) => this.#events.panic(text)),
      machine.on('error', (error: MachineError) => this.#events.error(error, machine)),
      machine.on('reboot', () => this.#terminal.write(SOFT_RESET)),
    ];
    this.#events.made(machine, loaded);
    const { saved } = loaded;
    const wentOn = saved !== null && (await this.#goOn(machine, saved));
    if (!wentOn && machine === this.#machine) machine.start();
  }

  /** @returns false for a saved machine that does not fit: its disk has changed since, or the page has */
  async #goOn(machine: Machine, saved: SavedMachine): Promise<boolean> {
    this.#terminal.write(saved.screen);
    try {
      await machine.restore(saved.snapshot);
    } catch (reason) {
      // The page knows why it is of no use any more.
      if (machine.state !== 'ready') return true;
      console.info('The machine that was saved cannot go on: it boots.', reason);
      this.#terminal.write(FULL_RESET);
      return false;
    }
    this.#events.wentOn(saved);
    return true;
  }

  /** Joins the consoles to the terminal that are of interest; the answer ends that. */
  #linkConsoles(machine: Machine, options: MachineOptions): (() => void)[] {
    if ('firmware' in options) {
      return [linkConsole(this.#terminal, new BothConsoles(machine, 'latest'), this.#modify)];
    }
    const { console, serial } = machine;
    const [shown, other] = usesSerialConsole(options.commandLine)
      ? [serial, console]
      : [console, serial];
    return [linkConsole(this.#terminal, shown, this.#modify), drain(other)];
  }

  /** Resolves when the RAM of the machine before is free: two at once may be more than there is. */
  #end(): Promise<void> {
    const machine = this.#machine;
    this.#machine = null;
    for (const unlink of this.#unlink.splice(0)) unlink();
    if (machine === null) return this.#ending;
    this.#events.ended();
    this.#ending = this.#dispose(machine, this.#release).catch((reason) => {
      console.warn('The machine before did not end in order.', reason);
    });
    return this.#ending;
  }

  async #dispose(machine: Machine, release: LoadedMachine['release']): Promise<void> {
    await machine.dispose();
    await release?.();
  }
}
