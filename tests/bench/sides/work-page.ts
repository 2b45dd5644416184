import type { Page } from 'playwright';
import type { Bench, Subject } from '../bench.ts';
import type { Laboratory } from '../laboratory.ts';

/** The page bench/pages/work.html, which does nothing unless it is asked to. */
export class WorkPage implements Subject {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** The page, alone. */
  static of(bench: Bench): Promise<WorkPage> {
    return bench.alone('work', () => WorkPage.#open(bench.laboratory));
  }

  static async #open({ browser, address }: Laboratory): Promise<WorkPage> {
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
