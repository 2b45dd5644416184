import type { GuestParts } from '../sides/guest.ts';
import { type MeasuredResult, MeasuredShell } from '../sides/measured-shell.ts';

/** An emulator in a page, as far as measuring needs it. */
export interface PageMachine {
  /** Types into the guest's console. */
  write(text: string): void | Promise<void>;
  /** Guest instructions so far. */
  instructions(): number;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Makes and starts a machine. @param receive takes what its console prints */
export type StartMachine = (
  parts: GuestParts,
  receive: (bytes: Uint8Array) => void,
) => Promise<PageMachine>;

/** The guest in a page; the runner calls it by `sides/page-side.ts`. */
export class PageGuest {
  readonly #start: StartMachine;
  #machine!: PageMachine;
  #shell!: MeasuredShell;

  constructor(start: StartMachine) {
    this.#start = start;
  }

  /** Boots to the prompt. */
  async boot(parts: GuestParts): Promise<void> {
    this.#shell = new MeasuredShell(
      (text) => this.#machine.write(text),
      () => this.#machine.instructions(),
    );
    this.#machine = await this.#start(parts, (bytes) => this.#shell.receive(bytes));
    await this.#shell.untilPrompt();
  }

  measure(command: string): Promise<MeasuredResult> {
    return this.#shell.measure(command);
  }

  measureFlood(command: string, length: number): Promise<MeasuredResult> {
    return this.#shell.measureFlood(command, length);
  }

  pause(): Promise<void> {
    return this.#machine.pause();
  }

  resume(): Promise<void> {
    return this.#machine.resume();
  }
}

/** A whole disk image at a URL, which may be under gzip (.gzip), with zeros behind it up to `size`. */
export async function fetchDisk(url: string, size: number): Promise<ArrayBuffer> {
  const disk = new Uint8Array(size);
  let length = 0;
  for await (const bytes of await fetchImage(url)) {
    disk.set(bytes, length);
    length += bytes.length;
  }
  return disk.buffer;
}

/** The bytes of an image at a URL, unpacked if its name ends in .gzip: for .gz a server may tell the browser to unpack it. */
export async function fetchImage(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body } = await fetch(url);
  if (body === null) throw new Error(`${url} is empty`);
  return url.endsWith('.gzip') ? body.pipeThrough(new DecompressionStream('gzip')) : body;
}

declare global {
  /** The guest of this page. */
  var pageGuest: PageGuest;
  /** Another one, for two machines in one page. */
  var secondGuest: PageGuest;
}
