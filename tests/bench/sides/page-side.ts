import type { Browser, Page } from 'playwright';
import type { Guest, GuestParts } from './guest.ts';
import type { MeasuredResult } from './measured-shell.ts';
import { pageProcessorTime } from './processes.ts';

/** A guest in a page of its own, and in a process of the browser's of its own. */
export class PageSide implements Guest {
  readonly disk: string;
  readonly page: Page;

  private constructor(page: Page, disk: string) {
    this.page = page;
    this.disk = disk;
  }

  /** Opens one of bench/pages and boots its guest. */
  static async boot(
    browser: Browser,
    address: string,
    parts: GuestParts,
    disk: string,
  ): Promise<PageSide> {
    const page = await openGuestPage(browser, address);
    await page.evaluate((given) => pageGuest.boot(given), parts);
    return new PageSide(page, disk);
  }

  measure(command: string): Promise<MeasuredResult> {
    return this.page.evaluate((given) => pageGuest.measure(given), command);
  }

  measureFlood(command: string, length: number): Promise<MeasuredResult> {
    return this.page.evaluate(([text, bytes]) => pageGuest.measureFlood(text, bytes), [
      command,
      length,
    ] as const);
  }

  processorTime(): Promise<number> {
    return pageProcessorTime(this.page);
  }

  pause(): Promise<void> {
    return this.page.evaluate(() => pageGuest.pause());
  }

  resume(): Promise<void> {
    return this.page.evaluate(() => pageGuest.resume());
  }

  async dispose(): Promise<void> {
    await this.page.context().close();
  }
}

/** Opens one of bench/pages, in a context of its own: it is never put into another's process. */
export async function openGuestPage(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', (error) => process.stderr.write(`${address}: ${error.message}\n`));
  await page.goto(address);
  await page.waitForFunction(() => 'pageGuest' in globalThis);
  return page;
}
