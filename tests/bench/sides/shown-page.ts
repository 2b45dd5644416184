import type { Terminal } from '@xterm/xterm';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Subject } from '../bench.ts';

declare global {
  /** What a page shows, and the machine behind it. */
  var shownTerminal: Terminal | undefined;
  var shownMachine: { pause(): Promise<void>; resume(): void | Promise<void> } | undefined;
}

/** How a flood of text was drawn. */
export interface Drawing {
  /** From the key that began it until its last line was in the terminal's buffer. */
  milliseconds: number;
  /** Frames that the page has had meanwhile. */
  frames: number;
}

const VIEWPORT = { width: 1280, height: 800 };

/** A page as a visitor sees it: Ringbox's own, or one with v86's own terminal adapter. */
export class ShownPage implements Subject {
  readonly page: Page;
  /** From the start of the navigation to the shell's prompt, in milliseconds. */
  readonly untilPrompt: number;

  private constructor(page: Page, untilPrompt: number) {
    this.page = page;
    this.untilPrompt = untilPrompt;
  }

  /** A context of its own: its cache, its storage and its process are nobody else's. */
  static context(browser: Browser): Promise<BrowserContext> {
    return browser.newContext({ viewport: VIEWPORT });
  }

  /** Opens a page and waits for the prompt in its terminal. */
  static async open(context: BrowserContext, address: string): Promise<ShownPage> {
    const page = await context.newPage();
    await page.goto(address, { waitUntil: 'commit' });
    return new ShownPage(page, await page.evaluate(untilPrompt));
  }

  /** Gives the terminal so many columns and rows. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.page.evaluate(([width, height]) => shownTerminal?.resize(width, height), [
      columns,
      rows,
    ] as const);
  }

  /** Types a command, and waits until its last line is `last`. */
  draw(command: string, last: string): Promise<Drawing> {
    return this.page.evaluate(
      async ([text, end]) => {
        const terminal = globalThis.shownTerminal;
        if (terminal === undefined) throw new Error('there is no terminal');
        const isThere = () => {
          const { active } = terminal.buffer;
          for (let line = active.baseY; line <= active.baseY + active.cursorY; line++) {
            if (active.getLine(line)?.translateToString(true) === end) return true;
          }
          return false;
        };
        const begin = performance.now();
        terminal.input(text);
        let frames = 0;
        while (!isThere()) {
          await new Promise(requestAnimationFrame);
          frames++;
        }
        return { milliseconds: performance.now() - begin, frames };
      },
      [command, last],
    );
  }

  async pause(): Promise<void> {
    await this.page.evaluate(() => shownMachine?.pause());
  }

  async resume(): Promise<void> {
    await this.page.evaluate(() => shownMachine?.resume());
  }

  async dispose(): Promise<void> {
    await this.page.context().close();
  }
}

/** In the page: waits for the shell's prompt. @returns the time since the navigation began, in ms */
async function untilPrompt(): Promise<number> {
  for (;;) {
    if (window.ringbox !== undefined) {
      globalThis.shownTerminal = window.ringbox.terminal;
      globalThis.shownMachine = window.ringbox.machine ?? undefined;
    }
    const buffer = globalThis.shownTerminal?.buffer.active;
    const line = buffer?.getLine(buffer.baseY + buffer.cursorY)?.translateToString(true) ?? '';
    if (/# *$/.test(line)) return performance.now();
    await new Promise(requestAnimationFrame);
  }
}
