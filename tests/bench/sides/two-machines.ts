import type { Browser, Page } from 'playwright';
import type { Subject } from '../bench.ts';
import type { GuestParts } from './guest.ts';
import type { MeasuredResult } from './measured-shell.ts';
import { openGuestPage } from './page-side.ts';

/** Two machines of Ringbox in one page. */
export class TwoMachines implements Subject {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async boot(browser: Browser, address: string, parts: GuestParts): Promise<TwoMachines> {
    const page = await openGuestPage(browser, address);
    await page.evaluate(async (given) => {
      await Promise.all([pageGuest.boot(given), secondGuest.boot(given)]);
    }, parts);
    return new TwoMachines(page);
  }

  /** Runs a shell command, which must succeed, in both at once. */
  measure(command: string): Promise<MeasuredResult[]> {
    return this.#page.evaluate(
      (given) => Promise.all([pageGuest.measure(given), secondGuest.measure(given)]),
      command,
    );
  }

  async pause(): Promise<void> {
    await this.#page.evaluate(() => Promise.all([pageGuest.pause(), secondGuest.pause()]));
  }

  async resume(): Promise<void> {
    await this.#page.evaluate(() => Promise.all([pageGuest.resume(), secondGuest.resume()]));
  }

  async dispose(): Promise<void> {
    await this.#page.context().close();
  }
}
