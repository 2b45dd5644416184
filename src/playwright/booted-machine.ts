import type { Browser } from '@playwright/test';
import { plainText } from '../headless/plain-text.ts';
import { MachineError } from '../machine/errors.ts';
import type { MachineState } from '../machine/events.ts';
import { Transcript } from '../machine/transcript.ts';
import { type MachineOptions, planBoot } from './options.ts';
import type { Calls } from './page/machine-page.ts';
import { PageLink } from './page-link.ts';
import type { Notice } from './protocol.ts';

/** What a guest may take to boot, and the page to make a machine, in milliseconds. */
const BOOT_TIME = 90_000;

/** What the page may take for what needs no guest. */
const PAGE_TIME = 30_000;

/** The states in which the guest prints nothing more, in words. */
const ENDS: Partial<Record<MachineState, string>> = {
  off: 'The guest is off',
  panicked: 'The guest has panicked',
  failed: 'The machine has failed',
  disposed: 'The machine was disposed',
};

/** A moment of a machine that it can go back to. */
export interface SavedMoment {
  /** The page's number for it. */
  number: number;
  /** What the console's text is then. */
  text: string;
}

/** A machine in a page of its own that has booted, as Node sees it. */
export class BootedMachine {
  #link!: PageLink;
  #transcript = this.#newTranscript();
  #state: MachineState = 'ready';
  #hasBooted!: SavedMoment;
  #errors: MachineError[] = [];

  private constructor() {}

  /** Makes a machine and boots it. @throws Error that tells what the guest has printed last */
  static async boot(browser: Browser, options: MachineOptions): Promise<BootedMachine> {
    const machine = new BootedMachine();
    const { plan, routes, ready, hasAgent } = planBoot(options);
    machine.#link = await PageLink.open(browser, routes, {
      printed: (bytes) => machine.#transcript.add(bytes),
      noticed: (notice) => machine.#noticed(notice),
    });
    try {
      await machine.call('create', [plan], BOOT_TIME);
      await machine.call('start', []);
      if (ready !== undefined) await machine.waitFor(ready, BOOT_TIME);
      if (hasAgent) await machine.call('exec', ['true', { timeout: BOOT_TIME }], BOOT_TIME);
      // What tests wait for may be a part of the boot.
      machine.#hasBooted = await machine.save(machine.#transcript.text);
      return machine;
    } catch (error) {
      await machine.close();
      throw error;
    }
  }

  get state(): MachineState {
    return this.#state;
  }

  /** What the console has printed. */
  get text(): string {
    return this.#transcript.text;
  }

  /** What has gone wrong with the machine itself. */
  get errors(): readonly MachineError[] {
    return this.#errors;
  }

  /** Saves the machine as it is. @param text what the console's text is to be when it is back */
  async save(text: string): Promise<SavedMoment> {
    await this.call('halt', []);
    const number = await this.call('save', []);
    await this.call('resume', []);
    return { number, text };
  }

  async goBackTo({ number, text }: SavedMoment): Promise<void> {
    // What comes after that is of the machine that is back.
    await this.call('halt', []);
    this.#transcript = this.#newTranscript();
    this.#transcript.add(new TextEncoder().encode(text));
    await this.call('restore', [number]);
  }

  /** It is as it was when it had booted. */
  async renew(): Promise<void> {
    await this.goBackTo(this.#hasBooted);
    await this.call('forget', []);
  }

  /** Whether it can be gone on with. */
  get isSound(): boolean {
    return !this.#link.isBroken && this.#errors.length === 0;
  }

  /** Waits for words of the console's, so many milliseconds. */
  async waitFor(pattern: string | RegExp, timeout: number): Promise<RegExpExecArray> {
    try {
      return await this.#transcript.waitFor(pattern, { timeout: Math.round(timeout) });
    } catch (error) {
      throw this.told(error);
    }
  }

  /** What the console has printed last, for a message: sentences. */
  get lastWords(): string {
    return plainText(this.#transcript.lastWords);
  }

  /**
   * Calls a method of the page's. @param limit milliseconds in which it has to answer
   * @throws MachineError whose message has the remedy and what the guest has printed last
   */
  async call<Name extends keyof Calls>(
    name: Name,
    parameters: Parameters<Calls[Name]>,
    limit = PAGE_TIME,
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    try {
      return await this.#link.call(name, parameters, limit);
    } catch (error) {
      throw this.told(error);
    }
  }

  /** An error as a test's author wants to read it: with its remedy, and with the console's last words. */
  told(error: unknown): unknown {
    if (!(error instanceof MachineError)) return error;
    const { code, message, remedy } = error;
    const what = plainText(message);
    const console = what.includes(this.lastWords) ? '' : `\n\nThe console: ${this.lastWords}`;
    return new MachineError(code, `${what}\n${remedy}${console}`, remedy);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #newTranscript(): Transcript {
    // The page reads the output; here it arrives by `add`.
    const output = new ReadableStream<Uint8Array>();
    output.getReader();
    const drained = () => this.#link.call('drain', [], PAGE_TIME);
    const transcript = new Transcript('the console', { output, drained });
    transcript.watch();
    return transcript;
  }

  #noticed(notice: Notice): void {
    if ('error' in notice) {
      const { code, message, remedy } = notice.error;
      this.#errors.push(new MachineError(code, message, remedy));
      return;
    }
    this.#state = notice.state;
    this.#transcript.guestEnded(ENDS[notice.state] ?? null);
  }
}
