import { hexadecimal } from '../../src/devices/block/digest.ts';
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
import { GuestShell } from './guest-shell.ts';

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
  agent?: boolean;
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

/**
 * A machine with the default guest, driven by its console, or by its serial port. Everything that a test waits for is an
 * event: a piece of output, or a change of state.
 */
export class TestMachine extends GuestShell {
  readonly machine: Machine;
  readonly errors: string[] = [];
  readonly states: string[] = [];
  readonly panics: string[] = [];

  constructor(machine: Machine, terminal: 'console' | 'serial' = 'console') {
    super((text) => machine[terminal].write(text));
    this.machine = machine;
    machine.on('state', (state) => this.note(() => this.states.push(state)));
    machine.on('error', (error) => this.note(() => this.errors.push(error.message)));
    machine.on('panic', (message) => this.note(() => this.panics.push(message)));
    void this.#readTerminal(machine[terminal]);
  }

  /** The options of a machine with the default guest. */
  static async options(test: TestMachineOptions = {}): Promise<MachineOptions> {
    const manifest: Manifest = await (await fetch('/guest/manifest.json')).json();
    const kernel = await (test.kernel === undefined
      ? new Response(await fetchUnpacked(manifest.kernel.url)).blob()
      : fetchBlob(test.kernel.url));
    const image = await fetchUnpacked(manifest.rootfs.url);
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
      ...(test.agent === undefined ? {} : { agent: test.agent }),
      ...(test.onReboot === undefined ? {} : { onReboot: test.onReboot }),
      ...(test.offer === undefined ? {} : { offer: test.offer }),
    };
  }

  /** In hexadecimal. */
  static async sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return hexadecimal(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
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

  /** Resolves when the machine is in `state`. */
  async untilState(state: string): Promise<void> {
    await this.until(() => (this.machine.state === state ? true : undefined));
  }

  async #readTerminal({ output }: ConsolePort | SerialPort): Promise<void> {
    for await (const bytes of output) this.receive(bytes);
  }
}

/** One of the guest's files that lie under gzip. */
async function fetchUnpacked(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body } = await fetch(`/${path}`);
  if (body === null) throw new Error(`${path} is empty`);
  return body.pipeThrough(new DecompressionStream('gzip'));
}

async function fetchBlob(url: string): Promise<Blob> {
  return (await fetch(url)).blob();
}

Object.assign(globalThis, { TestMachine, Machine, MachineError, machineApi });
