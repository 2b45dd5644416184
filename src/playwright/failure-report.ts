import { fileURLToPath } from 'node:url';
import type { Browser, TestInfo } from '@playwright/test';
import type { BootedMachine } from './booted-machine.ts';

/** What the guest may take to tell its log, in milliseconds: it may hang. */
const DMESG_TIME = 5000;

/** The terminal that the screen is drawn with; the guest takes its console for one of 80 by 24. */
const XTERM = {
  script: fileURLToPath(new URL('./terminal/xterm.js', import.meta.url)),
  style: fileURLToPath(new URL('./terminal/xterm.css', import.meta.url)),
};

/** Adds to the report what a failed test's author wants to see of the machine. */
export async function attachReport(
  machine: BootedMachine,
  browser: Browser,
  testInfo: TestInfo,
): Promise<void> {
  const { text } = machine;
  await attach(testInfo, 'console.txt', 'text/plain', async () => text);
  await attach(testInfo, 'terminal.png', 'image/png', () => drawTerminal(browser, text));
  await attach(testInfo, 'ring-trace.json', 'application/json', () => machine.call('trace', []));
  await attach(testInfo, 'dmesg.txt', 'text/plain', () => dmesg(machine));
}

/** What cannot be had must not hide what the test has failed with: the attachment tells why. */
async function attach(
  testInfo: TestInfo,
  name: string,
  contentType: string,
  make: () => Promise<string | Buffer>,
): Promise<void> {
  try {
    await testInfo.attach(name, { body: await make(), contentType });
  } catch (error) {
    const body = `This could not be had: ${error instanceof Error ? error.message : error}`;
    await testInfo.attach(name, { body, contentType: 'text/plain' });
  }
}

async function dmesg(machine: BootedMachine): Promise<string> {
  const limits = { timeout: DMESG_TIME };
  const { output } = await machine.call('exec', ['dmesg', limits], 2 * DMESG_TIME);
  return output;
}

interface Terminal {
  open(element: HTMLElement): void;
  write(text: string, done: () => void): void;
}

declare const Terminal: new (options: object) => Terminal;

/** The console's screen at the end of `text`. */
async function drawTerminal(browser: Browser, text: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 820, height: 480 } });
  try {
    await page.addStyleTag({ path: XTERM.style });
    await page.addScriptTag({ path: XTERM.script });
    await page.evaluate((text) => {
      const terminal = new Terminal({ cols: 80, rows: 24 });
      terminal.open(document.body);
      return new Promise<void>((resolve) => terminal.write(text, resolve));
    }, text);
    return await page.locator('.xterm-screen').screenshot();
  } finally {
    await page.close();
  }
}
