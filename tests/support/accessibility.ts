import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * What axe-core finds wrong with the page as it is now, light and dark. Its script comes by the
 * debugger, which the page's policy does not concern.
 */
async function findViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    // A colour on its way to another is neither's.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const violations = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`);
    });
    found.push(...violations.map((violation) => `${colorScheme}: ${violation}`));
  }
  return found;
}

/** The page as it is now has nothing that axe-core complains about, light or dark. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
}
