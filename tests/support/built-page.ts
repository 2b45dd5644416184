import { expect, type Page } from '@playwright/test';
import { BUILT_PAGE } from '../../playwright.config.ts';

// The page as it is built, looked at and typed at as a visitor does.

/** A page of Playwright's, or of a browser that Playwright cannot drive. */
interface Evaluating {
  evaluate<Result>(run: () => Result): Promise<Result>;
}

/** What the terminal shows, its scrollback included, as lines of text. */
export function screen(page: Evaluating): Promise<string> {
  return page.evaluate(() => {
    // Before the page is there it shows nothing.
    if (!('ringbox' in window)) return '';
    const { buffer } = window.ringbox.terminal;
    const lines: string[] = [];
    for (let line = 0; line < buffer.active.length; line++) {
      lines.push(buffer.active.getLine(line)?.translateToString(true) ?? '');
    }
    return lines.join('\n');
  });
}

/** Waits for the shell's prompt. */
export async function untilPrompt(page: Evaluating): Promise<void> {
  await expect.poll(() => screen(page)).toMatch(/# *\n*$/);
}

/** Opens the page and waits for the prompt. @param parameters of its address, with their `?` */
export async function boot(page: Page, parameters = ''): Promise<void> {
  await page.goto(BUILT_PAGE + parameters);
  await untilPrompt(page);
}

/** Types a line into the terminal. */
export async function type(page: Page, text: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}
