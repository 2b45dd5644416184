import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, type MachineName, onSides } from '../figure.ts';
import { ShownPage } from '../sides/shown-page.ts';

// From the start of the navigation to the shell's prompt on the terminal: Ringbox's own page, and
// one with v86 and its own terminal, which has the same files from the same server. With a warm
// cache the visitor comes a second time, before the page has saved anything. For QEMU it is the time from its start, both times.

async function boot(bench: Bench, side: MachineName, visits: number): Promise<number> {
  await bench.quiet();
  const { laboratory } = bench;
  if (side === 'qemu') {
    const guest = await laboratory.bootPlainQemu();
    await guest.dispose();
    return guest.untilPrompt;
  }
  const address =
    side === 'ringbox' ? laboratory.pageAddress : `${laboratory.address}v86-page.html`;
  const context = await ShownPage.context(laboratory.browser);
  try {
    for (let visit = 1; ; visit++) {
      const shown = await ShownPage.open(context, address);
      if (visit === visits) return shown.untilPrompt;
      await shown.page.close();
    }
  } finally {
    await context.close();
  }
}

/** What Ringbox's page does at a second visit, when it has saved its machine at the first: it goes on. */
async function goOn(bench: Bench): Promise<number> {
  await bench.quiet();
  const context = await ShownPage.context(bench.laboratory.browser);
  try {
    const first = await ShownPage.open(context, bench.laboratory.pageAddress);
    await first.page.waitForFunction(() => localStorage.getItem('ringbox.saved-machine.root disk'));
    await first.page.close();
    const second = await ShownPage.open(context, bench.laboratory.pageAddress);
    return second.untilPrompt;
  } finally {
    await context.close();
  }
}

function untilPrompt(name: string, title: string, visits: number): Figure {
  return {
    name,
    title,
    unit: 'ms',
    better: 'less',
    fresh: true,
    goals: { v86: 2 },
    sides: onSides(MACHINES, (bench, side) => boot(bench, side, visits)),
  };
}

export const bootFigures: Figure[] = [
  untilPrompt('boot-cold', 'navigation to prompt, nothing cached', 1),
  untilPrompt('boot-warm', 'navigation to prompt, all cached', 2),
  {
    name: 'boot-saved',
    title: 'navigation to prompt, a second visit that goes on',
    unit: 'ms',
    better: 'less',
    fresh: true,
    sides: { ringbox: goOn },
  },
];
