import type { Snapshot } from '../../src/machine/index.ts';
import type { TestMachine } from './machine-page.ts';

/** What came of work in the guest. */
export interface WorkResult {
  /** All that the console has printed. */
  output: string;
  /** SHA-256 of each disk behind the first. */
  disks: string[];
}

/**
 * Work of a guest of which every byte is to be compared, in the page: a command is running, and a snapshot of its
 * machine may be made and restored at any moment.
 */
export class SnapshotWork {
  machine: TestMachine;
  /** Bytes that the console had printed before the command. */
  readonly #start: number;
  readonly #end: string;

  /** Starts `command`, which prints `end` last. */
  constructor(machine: TestMachine, command: string, end: string) {
    this.machine = machine;
    this.#start = machine.machine.console.outputBytes;
    this.#end = end;
    machine.output = '';
    void machine.machine.console.write(`${command}\n`);
  }

  /** Resolves when the machine has run so many more instructions, or the command has ended. */
  async go(instructions: number): Promise<void> {
    const { machine } = this.machine;
    const until = machine.statistics().instructions + instructions;
    while (machine.statistics().instructions < until && !this.#ended) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Goes back to a snapshot of this work. @param other another machine that goes on with it */
  async goBack(snapshot: Snapshot, other?: TestMachine): Promise<void> {
    await this.machine.machine.pause();
    await this.machine.machine.console.drained();
    const output = this.machine.output.slice(0, outputBytes(snapshot) - this.#start);
    if (other !== undefined) {
      await this.machine.machine.dispose();
      this.machine = other;
    }
    // What is printed from here on follows it.
    this.machine.output = output;
    await this.machine.machine.restore(snapshot);
    this.machine.machine.resume();
  }

  async finish(): Promise<WorkResult> {
    await this.machine.until(() => (this.#ended ? true : undefined));
    const disks = this.machine.machine.disks.slice(1).map(async (disk) => {
      const bytes = await disk.read(0, disk.size);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    const output = this.machine.output.slice(0, this.machine.output.indexOf(this.#end));
    return { output, disks: await Promise.all(disks) };
  }

  get #ended(): boolean {
    return this.machine.output.includes(this.#end);
  }
}

/** Bytes that had been read of the console when the snapshot was made. */
function outputBytes({ state }: Snapshot): number {
  return state.ports[0].outputBytes;
}

Object.assign(globalThis, { SnapshotWork });
