import * as machineApi from '../../src/machine';
import {
  type ConsolePort,
  type DiskOptions,
  Machine,
  MachineError,
  type MachineOptions,
  type OfferOptions,
  type SerialPort,
} from '../../src/machine';

/** What a test says about a machine; everything can cross from Node to the page. */
export interface TestMachineOptions {
  /** Another kernel than the default guest's and its initial RAM disk, by URL. */
  kernel?: { url: string; initrdUrl: string };
  /**
   * Disks after the root disk: bytes that are fetched from a URL, an image that is read in parts
   * at an address, or so many bytes of zeros.
   */
  disks?: {
    url?: string;
    address?: string;
    size?: number;
    readOnly?: boolean;
    keep?: string;
  }[];
  append?: string;
  memory?: number;
  ports?: string[];
  onReboot?: 'reset' | 'stop';
  /** What the devices offer, where it is to be other than usual. */
  offer?: OfferOptions;
  /** Where the shell is that the test drives; the console unless told. */
  terminal?: 'console' | 'serial';
}

interface Manifest {
  kernel: { url: string };
  rootfs: { url: string; diskSize: number };
  commandLine: string;
}

/** Begins and ends what a command reports: control characters that no command prints. */
const REPORT = '\x1e';

/**
 * A machine with the default guest, driven by its console, or by its serial port. Everything that a test waits for is an
 * event: a piece of output, or a change of state.
 */
export class TestMachine {
  readonly machine: Machine;
  /** Everything that the terminal has printed, as Latin-1 so that it can be binary. */
  output = '';
  readonly errors: string[] = [];
  readonly states: string[] = [];
  readonly panics: string[] = [];
  readonly #terminal: ConsolePort | SerialPort;
  #waiting: (() => void)[] = [];

  constructor(machine: Machine, terminal: 'console' | 'serial' = 'console') {
    this.machine = machine;
    this.#terminal = machine[terminal];
    machine.on('state', (state) => this.#note(() => this.states.push(state)));
    machine.on('error', (error) => this.#note(() => this.errors.push(error.message)));
    machine.on('panic', (message) => this.#note(() => this.panics.push(message)));
    void this.#readTerminal();
  }

  /** The options of a machine with the default guest. */
  static async options(test: TestMachineOptions = {}): Promise<MachineOptions> {
    const manifest: Manifest = await (await fetch('/guest/manifest.json')).json();
    const kernel = await fetchBlob(test.kernel?.url ?? `/${manifest.kernel.url}`);
    const rootfs = await fetch(`/${manifest.rootfs.url}`);
    const image = rootfs.body?.pipeThrough(new DecompressionStream('gzip'));
    if (image === undefined) throw new Error('the root disk is empty');
    const disks: DiskOptions[] = [{ image, size: manifest.rootfs.diskSize, name: 'root' }];
    for (const { url, address, size, readOnly, keep } of test.disks ?? []) {
      disks.push({
        ...(url !== undefined && { image: await fetchBlob(url) }),
        ...(address !== undefined && { image: new URL(address) }),
        ...(size !== undefined && { size }),
        ...(keep !== undefined && { keep }),
        readOnly: readOnly ?? false,
      });
    }
    const terminals = test.terminal === 'serial' ? 'console=ttyS0' : 'console=hvc0';
    const commandLine = manifest.commandLine.replace('console=hvc0', terminals);
    return {
      kernel,
      ...(test.kernel === undefined ? {} : { initrd: await fetchBlob(test.kernel.initrdUrl) }),
      disks,
      commandLine: `${commandLine} ${test.append ?? ''}`,
      ...(test.memory === undefined ? {} : { memory: test.memory }),
      ...(test.ports === undefined ? {} : { ports: test.ports }),
      ...(test.onReboot === undefined ? {} : { onReboot: test.onReboot }),
      ...(test.offer === undefined ? {} : { offer: test.offer }),
    };
  }

  /** Bytes as text that can cross from the page to Node. */
  static base64(bytes: Uint8Array): string {
    const piece = 32 * 1024;
    let text = '';
    for (let at = 0; at < bytes.length; at += piece) {
      text += String.fromCharCode(...bytes.subarray(at, at + piece));
    }
    return btoa(text);
  }

  /** Makes a machine and boots it to its prompt, which it then makes silent. */
  static async boot(test: TestMachineOptions = {}): Promise<TestMachine> {
    const machine = new TestMachine(
      await Machine.create(await TestMachine.options(test)),
      test.terminal,
    );
    machine.machine.start();
    await machine.untilPrompt();
    return machine;
  }

  /** Waits for the shell's prompt and makes it silent. */
  async untilPrompt(): Promise<void> {
    await this.waitFor(/# /);
    await this.#terminal.write(`stty -echo; PS1=; PS2=; printf '${octal(REPORT)}silent'\n`);
    await this.waitFor(new RegExp(`${REPORT}silent`));
    this.output = '';
  }

  /** Runs a shell command to its end. Its output is all that the terminal printed meanwhile. */
  async run(command: string): Promise<{ output: string; status: number }> {
    this.output = '';
    const report = `printf '${octal(REPORT)}%d${octal(REPORT)}' $?`;
    await this.#terminal.write(`{ ${command}\n}; ${report}\n`);
    const begin = await this.#find(REPORT, 0);
    const end = await this.#find(REPORT, begin + 1);
    const status = Number(this.output.slice(begin + 1, end));
    return { output: this.output.slice(0, begin).replaceAll('\r\n', '\n'), status };
  }

  /** Where `text` is in the output, from `start` on; looks at each piece once. */
  #find(text: string, start: number): Promise<number> {
    let from = start;
    return this.until(() => {
      const found = this.output.indexOf(text, from);
      from = Math.max(start, this.output.length - text.length + 1);
      return found === -1 ? undefined : found;
    });
  }

  /** Resolves when the terminal's output matches. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.output) ?? undefined);
  }

  /** Resolves with the first value of `condition` that is not undefined. */
  async until<Value>(condition: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = condition();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when the machine is in `state`. */
  async untilState(state: string): Promise<void> {
    await this.until(() => (this.machine.state === state ? true : undefined));
  }

  async #readTerminal(): Promise<void> {
    const decoder = new TextDecoder('latin1');
    for await (const bytes of this.#terminal.output) {
      this.#note(() => {
        this.output += decoder.decode(bytes);
      });
    }
  }

  #note(change: () => void): void {
    change();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function fetchBlob(url: string): Promise<Blob> {
  return (await fetch(url)).blob();
}

function octal(text: string): string {
  return `\\0${text.charCodeAt(0).toString(8).padStart(2, '0')}`;
}

Object.assign(globalThis, { TestMachine, Machine, MachineError, machineApi });
