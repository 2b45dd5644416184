import type { Browser, Page } from 'playwright';
import type { Subject } from '../bench.ts';

/** The page bench/pages/work.html, which does nothing unless it is asked to. */
export class WorkPage implements Subject {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, address: string): Promise<WorkPage> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${address}work.html`);
    await page.waitForFunction(() => 'pageWork' in globalThis);
    return new WorkPage(page);
  }

  async pause(): Promise<void> {}

  async resume(): Promise<void> {}

  async dispose(): Promise<void> {
    await this.page.context().close();
  }
}
