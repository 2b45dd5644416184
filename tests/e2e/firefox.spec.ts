import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { projectDirectory } from '../../guest/build/paths.ts';
import { screen, untilPrompt } from '../support/built-page.ts';
import { Firefox } from '../support/firefox.ts';
import { PlainHost } from '../support/plain-host.ts';

/** Opens the page and waits for the prompt. */
async function visit(firefox: Firefox, { address }: PlainHost): Promise<void> {
  await firefox.goto(address);
  // The first time the page loads itself once more.
  const isThere = () => crossOriginIsolated && window.ringbox !== undefined;
  await expect.poll(() => firefox.evaluate(isThere)).toBe(true);
  await untilPrompt(firefox);
}

async function type(firefox: Firefox, text: string): Promise<void> {
  await firefox.evaluate((line) => window.ringbox.terminal.input(line), `${text}\r`);
}

test('Firefox starts the page of a host without headers, and again without the host', async () => {
  const program = await Firefox.provide().catch((reason: Error) => reason);
  // Only root can install it; whoever tests as somebody else may well do without.
  if (program instanceof Error) test.skip(true, program.message);
  const host = await PlainHost.start(join(projectDirectory, 'dist'));
  const firefox = await Firefox.launch(String(program));
  try {
    await visit(firefox, host);
    await type(firefox, 'echo a note of mine > /root/note && sync && echo synced-$((40 + 2))');
    await expect.poll(() => screen(firefox)).toContain('synced-42');
    const isKept = async (address: string) => (await caches.match(address)) !== undefined;
    await expect.poll(() => firefox.evaluate(isKept, host.address)).toBe(true);
    await host.stop();
    await visit(firefox, host);
    await type(firefox, 'cat /root/note');
    await expect.poll(() => screen(firefox)).toContain('\na note of mine');
  } finally {
    await firefox.close();
    await host.stop();
  }
});
