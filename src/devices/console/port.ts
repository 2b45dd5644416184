import { ByteRing } from '../../link/byte-ring.ts';
import { PortInput } from './input.ts';
import { type OutputState, PortOutput } from './output.ts';

/** One port: the two rings that the page made for it. */
export interface PortOptions {
  /** What the guest finds in /sys/class/virtio-ports/.../name; not used for port 0. */
  name: string;
  /** Buffer of the `ByteRing` from the guest to the page. */
  output: SharedArrayBuffer;
  /** Buffer of the `ByteRing` from the page to the guest. */
  input: SharedArrayBuffer;
}

/** What a port has to tell the driver, one bit each, told from the lowest bit on. */
export const Notice = { add: 1, console: 2, size: 4, name: 8, open: 16, close: 32 } as const;

/** A port in a snapshot: the fields of `Port`. */
export interface PortState {
  notices: number;
  added: boolean;
  ready: boolean;
  guestOpen: boolean;
  openTold: boolean;
  hungUp: boolean;
  output: OutputState;
}

/** One port of a console: its two streams, and what the driver and the page have said of it. */
export class Port {
  readonly id: number;
  readonly name: string;
  readonly output: PortOutput;
  readonly input: PortInput;
  /** Notices that the driver has not been given a buffer for. */
  notices = 0;
  /** The driver was told that the port exists. */
  added = false;
  /** The driver has taken the port up. */
  ready = false;
  /** A program of the guest has the port open: only then does the guest keep what it receives. */
  guestOpen = false;
  /** The driver was told that the page has the port open. */
  openTold = false;
  /** The page has hung up: when its input is taken, the guest reads end-of-file. */
  hungUp = false;

  constructor(id: number, { name, output, input }: PortOptions) {
    this.id = id;
    this.name = name;
    this.output = new PortOutput(new ByteRing(output));
    this.input = new PortInput(new ByteRing(input));
  }

  /** The driver has reset the device: it knows nothing of the port any more. */
  reset(): void {
    this.notices = 0;
    this.added = false;
    this.ready = false;
    this.guestOpen = false;
    this.openTold = false;
  }

  save(): PortState {
    const { notices, added, ready, guestOpen, openTold, hungUp } = this;
    return { notices, added, ready, guestOpen, openTold, hungUp, output: this.output.save() };
  }

  /** Goes on as another port of the same name did. */
  restore({ output, ...fields }: PortState): void {
    Object.assign(this, fields);
    this.output.restore(output);
  }
}
