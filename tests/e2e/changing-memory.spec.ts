import { SOURCES } from '../../playwright.config.ts';
import type { changeMemory } from '../support/changing-memory.ts';
import { expect, test } from '../support/machines.ts';

declare global {
  interface Window {
    changeMemory: typeof changeMemory;
  }
}

/** How long memory is changed: raise it for a long run. */
const SECONDS = Number(process.env.RINGBOX_CHANGING_SECONDS ?? 60);
/** Another seed gives other drivers; which of them meets which device when is chance anyway. */
const SEED = Number(process.env.RINGBOX_CHANGING_SEED ?? 1);
/** In which a device must answer, in milliseconds: a machine with many tasks and few cores is slow. */
const BOUND = 5000;

test('drivers that change memory while devices read it break none of them', async ({ page }) => {
  test.setTimeout((SECONDS + 120) * 1000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${SOURCES}tests/support/blank.html`);
  await page.addScriptTag({ url: `${SOURCES}tests/support/changing-memory.ts`, type: 'module' });
  await page.waitForFunction(() => 'changeMemory' in globalThis);
  const { devices, problems, ...passed } = await page.evaluate(
    (options) => window.changeMemory(options),
    {
      milliseconds: SECONDS * 1000,
      seed: SEED,
    },
  );
  for (const figures of [...devices, passed]) console.log(JSON.stringify(figures));
  expect(errors).toEqual([]);
  expect(problems).toEqual([]);
  expect(devices.map(({ kind }) => kind)).toEqual(['console', 'block', 'rng']);
  // Otherwise too little has happened to say anything.
  for (const [what, bytes] of Object.entries(passed)) {
    expect.soft(bytes, what).toBeGreaterThan(10_000);
  }
  for (const device of devices) {
    expect.soft(device.chains, device.kind).toBeGreaterThan(500);
    expect.soft(device.resets, device.kind).toBeGreaterThan(50);
    expect.soft(device.mutations, device.kind).toBeGreaterThan(1e6);
    expect.soft(device.longestReset, device.kind).toBeLessThan(BOUND);
    expect.soft(device.longestDoorbell, device.kind).toBeLessThan(BOUND);
  }
});
