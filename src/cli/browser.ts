import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright';
import { machineArguments } from './chromium.ts';
import { exitCodes } from './exit-codes.ts';
import { messageOf, RunError } from './run-error.ts';

/** Chromium without a window, and the one page in it. */
export class HeadlessBrowser {
  readonly #browser: Browser;
  readonly #page: Page;
  /** Rejects when the page can no longer be expected to report anything; never resolves. */
  readonly failed: Promise<never>;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
    this.failed = new Promise((_, reject) => {
      const fail = (what: string) => reject(new RunError(exitCodes.failure, what));
      page.on('crash', () => fail("the browser's page has crashed; try with less --memory"));
      page.on('pageerror', (error) => fail(`internal error in the page: ${error.message}`));
      browser.on('disconnected', () => fail('the browser has ended unexpectedly'));
    });
    this.failed.catch(() => undefined);
  }

  /** @param executable of a Chromium @throws RunError */
  static async launch(executable: string): Promise<HeadlessBrowser> {
    try {
      const { chromium } = loadPlaywright();
      const browser = await chromium.launch({
        executablePath: executable,
        args: machineArguments(),
        // These signals are ours: the changes to the disks still have to come out of the browser.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      });
      return new HeadlessBrowser(browser, await browser.newPage());
    } catch (error) {
      const reason = messageOf(error).split('\n')[0];
      throw new RunError(exitCodes.failure, `cannot start ${executable}: ${reason}`, error);
    }
  }

  async open(address: string): Promise<void> {
    await this.#page.goto(address, { waitUntil: 'commit' });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/**
 * Loading Playwright takes a while that wrong usage shall not wait for. Not by `import()`: the
 * module runner that has loaded this file is closed by now.
 */
export function loadPlaywright(): typeof import('playwright') {
  return createRequire(import.meta.url)('playwright');
}
