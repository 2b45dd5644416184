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

/**
 * Watches the counters of a machine for the status line; the answer ends that.
 * @param onFirstRest called once, when the guest has nothing to do for the first time
 */
export function monitor(
  statistics: () => MachineStatistics,
  statusLine: StatusLine,
  onFirstRest: () => void,
): () => void {
  const look = (): Look => ({ time: performance.now(), counters: statistics() });
  const between = (from: Look, to: Look) =>
    measureActivity(from.counters, to.counters, to.time - from.time);

  const halted = new HaltedFilter();
  let last = look();
  let lastNumber = last;
  let looks = 0;
  let rested = false;

  const show = (now: Look) => {
    const rests = halted.next(now.counters.halted);
    statusLine.showState(rests ? 'halted' : 'running');
    if (rests && !rested) onFirstRest();
    rested ||= rests;
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
