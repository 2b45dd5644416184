import type { Page } from 'playwright';
import type { Bench, Subject } from '../bench.ts';
import type { Figure } from '../figure.ts';
import type { PageSide } from '../sides/page-side.ts';
import { diskRequests } from './disk.ts';
import { workOf } from './rate.ts';

// What the trace costs that nobody has opened: Ringbox as it is, beside a build without trace points. A machine's speed
// drifts by more than what is looked for, so the two take turns within one measurement. With a disk even that leaves
// some percent either way, as two pages of the same build do; what the trace points themselves take
// is measured where nothing else happens, and that has the limit: a hundredth of a request, at thirty thousand a second.
// It too differs by some hundred nanoseconds from one page of a build to the next.

const BUILDS = ['with', 'without'] as const;
type Build = (typeof BUILDS)[number];

/** Drift that goes one way is the same for both. */
const DISK_TURNS: Build[] = ['with', 'without', 'without', 'with'];
const LOOP_TURNS = 40;
/** Requests of a turn: some tens of milliseconds. */
const LOOP_REQUESTS = 20_000;

const requests = diskRequests({
  name: 'trace-closed',
  direction: 'read',
  order: 'random',
  block: 4096,
  depth: 32,
  first: 4000,
});

/** Requests a second of the one over those of the other. */
async function diskWithOverWithout(bench: Bench): Promise<number> {
  const guests: Record<Build, () => Promise<PageSide>> = {
    with: () => bench.alone('with trace points', () => bench.laboratory.bootBuild('pages')),
    without: () => bench.alone('without', () => bench.laboratory.bootBuild('untraced')),
  };
  const rates: Record<Build, number> = { with: 0, without: 0 };
  for (const build of DISK_TURNS) {
    const work = await workOf(bench, await guests[build](), `trace-closed ${build}`, requests);
    rates[build] += work.count / work.seconds;
  }
  return rates.with / rates.without;
}

/** Nanoseconds that a request in one thread takes longer with trace points than without. */
async function loopWithLessWithout(bench: Bench): Promise<number> {
  const { pages } = await bench.alone('loops', () => Loops.open(bench));
  const times: Record<Build, number[]> = { with: [], without: [] };
  for (let turn = 0; turn < LOOP_TURNS; turn++) {
    for (const build of turn % 2 === 0 ? BUILDS : BUILDS.toReversed()) {
      times[build].push(await pages[build].evaluate((n) => timeRequests(n), LOOP_REQUESTS));
    }
  }
  // Nothing makes a loop faster than it is: the fastest turn is the one with the least of everything else in it.
  return Math.min(...times.with) - Math.min(...times.without);
}

/** A page of each build, of which both stand still unless they are asked. */
class Loops implements Subject {
  readonly pages: Record<Build, Page>;

  private constructor(pages: Record<Build, Page>) {
    this.pages = pages;
  }

  static async open({ laboratory }: Bench): Promise<Loops> {
    const [first, second] = await laboratory.openBuilds('trace-points.html');
    return new Loops({ with: first, without: second });
  }

  async pause(): Promise<void> {}

  async resume(): Promise<void> {}

  async dispose(): Promise<void> {
    await Promise.all(Object.values(this.pages).map((page) => page.context().close()));
  }
}

export const traceFigures: Figure[] = [
  {
    name: 'trace-points',
    title: 'what trace points add to a request in one thread while no trace is open',
    unit: 'ns',
    better: 'less',
    limit: { most: 330 },
    sides: { ringbox: loopWithLessWithout },
  },
  {
    name: 'trace-closed',
    title: '4 KiB random read, depth 32: with trace points, none open, over a build without',
    unit: 'parts of 1',
    better: 'more',
    sides: { ringbox: diskWithOverWithout },
  },
];
