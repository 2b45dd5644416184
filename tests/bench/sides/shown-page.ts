import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from '@xterm/xterm';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Bench, Subject } from '../bench.ts';

declare global {
  /** What a page shows, and the machine behind it. */
  var shownTerminal: Terminal | undefined;
  /** How long keys have taken, in milliseconds. */
  var keyTimes: number[] | undefined;
  var shownMachine: { pause(): Promise<void>; resume(): void | Promise<void> } | undefined;
}

/** What Chromium's tracing writes, as far as it is used here; `dur` in microseconds. */
interface Trace {
  traceEvents: { name: string; pid: number; tid: number; dur?: number; args?: { name?: string } }[];
}

/** How a flood of text was drawn. */
export interface Drawing {
  /** From the key that began it until its last line was in the terminal's buffer. */
  milliseconds: number;
  /** Frames that the page has had meanwhile. */
  frames: number;
}

const VIEWPORT = { width: 1280, height: 800 };

/** A line as long as most are; the guest's file /tmp/text holds it 2 ** 12 times. */
const LINE = 'The quick brown fox jumps over the lazy dog, and then once more, all day.';
const DOUBLINGS = 12;
/** Bytes that the terminal gets of it: it ends lines by two. */
export const TEXT_FILE = (LINE.length + 2) * 2 ** DOUBLINGS;
const MAKE_FILE = [
  `echo '${LINE}' > /tmp/text`,
  `for i in $(seq ${DOUBLINGS}); do cat /tmp/text /tmp/text > /tmp/twice`,
  'mv /tmp/twice /tmp/text',
  "done; printf 'made-%s\\n' it\r",
].join('; ');
/** So often the text is drawn before anything is measured: from then on it takes no less time. */
const WARM_UP = "for i in $(seq 40); do cat /tmp/text; done; printf 'warm-%s\\n' up\r";
/** The same for both, however large the window lets them be. */
const SCREEN = { columns: 80, rows: 24 };

const NEVER = Number.MAX_VALUE;

/** What the Event Timing API tells of events that took longer than this, in milliseconds. */
const LEAST_EVENT = 16;

/** A page as a visitor sees it: Ringbox's own, or one with v86's own terminal adapter. */
export class ShownPage implements Subject {
  readonly page: Page;
  /** From the start of the navigation to the shell's prompt, in milliseconds. */
  readonly untilPrompt: number;

  private constructor(page: Page, untilPrompt: number) {
    this.page = page;
    this.untilPrompt = untilPrompt;
  }

  /** The page of a side with a text in its guest's /tmp/text, alone. */
  static of(bench: Bench, side: 'ringbox' | 'v86'): Promise<ShownPage> {
    const { browser, pageAddress, address } = bench.laboratory;
    return bench.alone(`shown ${side}`, async () => {
      const context = await ShownPage.context(browser);
      const url = side === 'ringbox' ? `${pageAddress}?keep=no` : `${address}v86-page.html`;
      const shown = await ShownPage.open(context, url);
      await shown.resize(SCREEN.columns, SCREEN.rows);
      await shown.draw(MAKE_FILE, 'made-it');
      await shown.draw(WARM_UP, 'warm-up');
      return shown;
    });
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

  /** Types text, as if it were pasted. */
  async type(text: string): Promise<void> {
    await this.page.evaluate((given) => shownTerminal?.input(given), text);
  }

  /** The lengths of all tasks of the pages' own threads within so many milliseconds, in ms. */
  async tasks(milliseconds: number): Promise<number[]> {
    const browser = this.page.context().browser();
    if (browser === null) throw new Error('the page has no browser');
    await browser.startTracing(this.page, { categories: ['toplevel', 'devtools.timeline'] });
    await sleep(milliseconds);
    const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
    const threads = new Set(
      trace.traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    return trace.traceEvents
      .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
      .map(({ dur }) => (dur ?? 0) / 1000);
  }

  /**
   * Presses `count` keys and answers for each how long it took until the page had drawn what came of
   * it, in milliseconds, as far as the browser tells: what is shorter than 16 counts as 16.
   */
  async keysToPaint(count: number, pause: number): Promise<number[]> {
    await this.page.evaluate((least) => {
      globalThis.keyTimes = [];
      const observer = new PerformanceObserver((entries) => {
        for (const { name, duration } of entries.getEntries()) {
          if (name === 'keydown') globalThis.keyTimes?.push(duration);
        }
      });
      observer.observe({ type: 'event', durationThreshold: least } as PerformanceObserverInit);
      globalThis.shownTerminal?.focus();
    }, LEAST_EVENT);
    for (let key = 0; key < count; key++) {
      await this.page.keyboard.press('x');
      await sleep(pause);
    }
    const told = await this.page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      return globalThis.keyTimes ?? [];
    });
    return [...told.slice(0, count), ...Array(Math.max(0, count - told.length)).fill(LEAST_EVENT)];
  }

  /**
   * Types a command, and waits until its last line is `last`.
   * @param again types it once more whenever that takes so long, in milliseconds
   */
  draw(command: string, last: string, again = NEVER): Promise<Drawing> {
    return this.page.evaluate(
      async ([text, end, interval]) => {
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
        let typed = Number.NEGATIVE_INFINITY;
        let frames = 0;
        while (!isThere()) {
          if (performance.now() - typed > interval) {
            terminal.input(text);
            typed = performance.now();
          }
          await new Promise(requestAnimationFrame);
          frames++;
        }
        return { milliseconds: performance.now() - begin, frames };
      },
      [command, last, again] as const,
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
