import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright';
import type { Figure, Measure, SideName } from './figure.ts';
import {
  type BusyThread,
  busyThreads,
  type CpuProfile,
  formatProfile,
  type ThreadProfile,
} from './profile.ts';

/** Microseconds between two looks at a thread. */
const INTERVAL = 250;

/** The sides that run in pages of the browser. */
const IN_PAGES: readonly SideName[] = ['ringbox', 'v86'];

/** Profiles what figures do in pages, and keeps the last profile of each. */
export class Profiles {
  readonly #threads = new Map<string, BusyThread[]>();
  /** Kept: a worker that sleeps does not answer a second session. */
  readonly #pages = new Map<Page, PageProfiler>();

  /** The figure, profiled whenever it is measured, which makes it slower. */
  of(figure: Figure): Figure {
    const measures = Object.entries(figure.sides) as [SideName, Measure][];
    const sides = measures
      .filter(([side]) => IN_PAGES.includes(side))
      .map(([side, measure]) => [side, this.#profiling(`${figure.name}-${side}`, measure)]);
    return { ...figure, sides: Object.fromEntries(sides) };
  }

  /** Writes nothing but a file for each thread into `folder`. @returns what to print */
  write(folder: string): string {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const texts = [...this.#threads].map(([name, threads]) => {
      for (const { thread, profile } of threads) {
        const file = `${name} ${thread}.cpuprofile`.replaceAll(/[^a-z0-9.-]+/gi, '-');
        writeFileSync(join(folder, file), JSON.stringify(profile));
      }
      return formatProfile(name, threads);
    });
    return texts.join('\n');
  }

  #profiling(name: string, measure: Measure): Measure {
    return async (bench) => {
      const profilers = await this.#ofPages(bench.laboratory.browser);
      await Promise.all(profilers.map((profiler) => profiler.start()));
      const value = await measure(bench);
      const threads = await Promise.all(profilers.map((profiler) => profiler.stop()));
      this.#threads.set(name, busyThreads(threads.flat()));
      return value;
    };
  }

  /** Those of all pages that are open. */
  #ofPages(browser: Browser): Promise<PageProfiler[]> {
    const pages = browser.contexts().flatMap((context) => context.pages());
    return Promise.all(
      pages.map(async (page) => {
        const profiler = this.#pages.get(page) ?? (await PageProfiler.open(page));
        this.#pages.set(page, profiler);
        return profiler;
      }),
    );
  }
}

/** An answer by Chromium's protocol. */
interface Answer {
  id?: number;
  result?: object;
  error?: { message: string };
}

/** Calls a method of Chromium's protocol on one thread. */
type Send = (method: string, parameters?: object) => Promise<object>;

/** The profilers of a page's own thread and of its workers. */
class PageProfiler {
  readonly #page: Page;
  readonly #session: CDPSession;
  /** The page's own by '', workers by their sessions; they come and go. */
  readonly #threads = new Map<string, { name: string; send: Send }>();
  /** Those that are being profiled. */
  #started: string[] = [];
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      const name = `worker ${targetInfo.title || targetInfo.url}`;
      const send: Send = (method, parameters) => this.#sendToWorker(sessionId, method, parameters);
      this.#threads.set(sessionId, { name, send });
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => {
      this.#threads.delete(sessionId);
    });
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const answer = JSON.parse(message) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  static async open(page: Page): Promise<PageProfiler> {
    const session = await page.context().newCDPSession(page);
    const profiler = new PageProfiler(page, session);
    // Not flat: Playwright gives no session for a worker. Those that are there are told before it returns.
    const options = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
    await session.send('Target.setAutoAttach', options);
    const own: Send = (method, parameters) => session.send(method as 'Profiler.start', parameters);
    profiler.#threads.set('', { name: 'the thread of the page', send: own });
    return profiler;
  }

  async start(): Promise<void> {
    this.#started = [...this.#threads.keys()];
    await this.#ofStarted(async (send) => {
      await send('Profiler.enable');
      await send('Profiler.setSamplingInterval', { interval: INTERVAL });
      await send('Profiler.start');
    });
  }

  /** @returns nothing of threads that have begun or ended since the start */
  async stop(): Promise<ThreadProfile[]> {
    const address = new URL(this.#page.url()).pathname;
    return this.#ofStarted(async (send, name) => {
      const { profile } = (await send('Profiler.stop')) as { profile: CpuProfile };
      return { thread: `${address}: ${name}`, profile };
    });
  }

  #ofStarted<Value>(order: (send: Send, name: string) => Promise<Value>): Promise<Value[]> {
    const threads = this.#started.flatMap((id) => this.#threads.get(id) ?? []);
    return Promise.all(threads.map(({ send, name }) => order(send, name)));
  }

  async #sendToWorker(sessionId: string, method: string, params = {}): Promise<object> {
    const id = ++this.#calls;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#session.send('Target.sendMessageToTarget', { sessionId, message });
    const { result, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}
