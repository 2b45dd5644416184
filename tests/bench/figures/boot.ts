import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, type MachineName, onSides } from '../figure.ts';
import { ShownPage } from '../sides/shown-page.ts';

// From the start of the navigation to the shell's prompt on the terminal: Ringbox's own page, and
// one with v86 and its own terminal, which has the same files from the same server. With a warm
// cache the visitor comes a second time. For QEMU it is the time from its start, both times.

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
  untilPrompt('boot-warm', 'navigation to prompt, a second visit', 2),
];
