import type { Page } from '@playwright/test';

declare global {
  var notedShifts: { value: number; moved: string[] }[];
}

/** Notes what moves by itself, in all that the page shows from now on. */
export async function watchLayoutShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface Shift extends PerformanceEntry {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null }[];
    }
    globalThis.notedShifts = [];
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        // What a click or a key moves is no surprise.
        if (shift.hadRecentInput) continue;
        const moved = shift.sources.map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return element?.id || element?.className.toString() || `${element?.tagName}`;
        });
        globalThis.notedShifts.push({ value: shift.value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** What has moved by itself since the navigation; empty when nothing has. */
export async function layoutShifts(page: Page): Promise<typeof globalThis.notedShifts> {
  // Two frames: what was drawn last is noted by then.
  return page.evaluate(async () => {
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    return globalThis.notedShifts;
  });
}
