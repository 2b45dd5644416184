import type { Page } from 'playwright';
import type { Bench, Subject } from '../bench.ts';
import type { Laboratory } from '../laboratory.ts';

/**
 * The page bench/pages/work.html, which does nothing unless it is asked to. Its browser has a profile,
 * as a visitor's: without one the private files of a page are in the memory of another process, and
 * each access to them is a message.
 */
export class WorkPage implements Subject {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** The page, alone. */
  static of(bench: Bench): Promise<WorkPage> {
    return bench.alone('work', () => WorkPage.#open(bench.laboratory));
  }

  static async #open(laboratory: Laboratory): Promise<WorkPage> {
    const page = await (await laboratory.openProfile()).newPage();
    await page.goto(`${laboratory.address}work.html`);
    await page.waitForFunction(() => 'pageWork' in globalThis);
    return new WorkPage(page);
  }

  async pause(): Promise<void> {}

  async resume(): Promise<void> {}

  async dispose(): Promise<void> {
    await this.page.context().close();
  }
}
