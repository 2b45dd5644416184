import type { MachineStatistics } from '../machine/index.ts';
import { HaltedFilter, measureActivity } from './activity.ts';
import type { StatusLine } from './status-line.ts';

const LOOK_INTERVAL = 200;
/** Numbers change only after so many looks. */
const LOOKS_PER_NUMBER = 5;

interface Look {
  time: number;
  counters: MachineStatistics;
}

/** Watches the counters of a machine for the status line; the answer ends that. */
export function monitor(statistics: () => MachineStatistics, statusLine: StatusLine): () => void {
  const look = (): Look => ({ time: performance.now(), counters: statistics() });
  const between = (from: Look, to: Look) =>
    measureActivity(from.counters, to.counters, to.time - from.time);

  const halted = new HaltedFilter();
  let last = look();
  let lastNumber = last;
  let looks = 0;

  const show = (now: Look) => {
    statusLine.showState(halted.next(now.counters.halted) ? 'halted' : 'running');
    statusLine.showLights(between(last, now));
    if (++looks % LOOKS_PER_NUMBER !== 0) return;
    statusLine.showNumbers(between(lastNumber, now));
    lastNumber = now;
  };
  const showNothing = () => {
    statusLine.showLights(null);
    statusLine.showNumbers(null);
  };

  const timer = setInterval(() => {
    const now = look();
    const { state } = statusLine;
    if (state === 'running' || state === 'halted') show(now);
    else showNothing();
    last = now;
  }, LOOK_INTERVAL);

  return () => {
    clearInterval(timer);
    showNothing();
  };
}
