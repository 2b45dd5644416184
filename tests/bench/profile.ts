/** What Chromium's profiler gives for one thread, as its developer tools read it (.cpuprofile). */
export interface CpuProfile {
  nodes: ProfileNode[];
  /** The node in which each sample lay. */
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
}

/** A thread of a page while something was measured. */
export interface ThreadProfile {
  thread: string;
  profile: CpuProfile;
}

/** A function, and how much of its thread's time was spent in it and not in what it called. */
export interface SelfTime {
  name: string;
  /** Parts of 1. */
  part: number;
}

/** Where a thread has nothing to do: as the profiler calls it, and where a device's worker waits. */
const WAITING = ['(idle)', 'waitForSignal', 'sleep'];
/** A module of WebAssembly with more functions than this is an emulator. */
const MODULE_OF_ONE = 1;
const SHOWN = 15;
/** What a thread must have done, and a function, to be worth lines; parts of 1. Standing still takes some. */
const LEAST_OF_THREAD = 0.03;
const LEAST_OF_FUNCTION = 0.005;
/** Compilers make names of any length. */
const LONGEST_NAME = 100;

/** The functions of a thread, those with most time of their own first. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = nameFunctions(nodes);
  const times = new Map<string, number>();
  let whole = 0;
  samples.forEach((node, index) => {
    // A sample lies at its function until the next one.
    const time = timeDeltas[index + 1] ?? 0;
    const name = names.get(node) ?? '?';
    times.set(name, (times.get(name) ?? 0) + time);
    whole += time;
  });
  return [...times]
    .map(([name, time]) => ({ name, part: whole === 0 ? 0 : time / whole }))
    .sort((left, right) => right.part - left.part);
}

/**
 * Functions by what a reader can look up. An emulator compiles each piece of its guest's code to a
 * module with one function, which mean nothing one by one: all of them are the guest.
 */
function nameFunctions(nodes: readonly ProfileNode[]): Map<number, string> {
  const modules = new Map<string, Set<string>>();
  for (const { url, functionName } of nodes.map(({ callFrame }) => callFrame)) {
    if (!url.startsWith('wasm:')) continue;
    modules.set(url, (modules.get(url) ?? new Set()).add(functionName));
  }
  return new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const name = functionName || '(anonymous)';
      const functions = modules.get(url);
      if (functions === undefined) {
        const file = url.slice(url.lastIndexOf('/') + 1);
        return [id, file === '' ? name : `${name} ${file}:${lineNumber + 1}`];
      }
      return [id, functions.size > MODULE_OF_ONE ? `${name} (wasm)` : 'compiled code of the guest'];
    }),
  );
}

/** A thread that has done something, as it is printed. */
export interface BusyThread extends ThreadProfile {
  /** Parts of 1 of its time in which it did not wait. */
  busy: number;
  times: SelfTime[];
}

/** The threads that did something, the busiest first. */
export function busyThreads(threads: readonly ThreadProfile[]): BusyThread[] {
  return threads
    .map(({ thread, profile }) => ({ thread, profile, times: selfTimes(profile) }))
    .map((thread) => ({ ...thread, busy: busyPart(thread.times) }))
    .filter(({ busy }) => busy >= LEAST_OF_THREAD)
    .sort((left, right) => right.busy - left.busy);
}

/** Where these threads have spent their time, as text. */
export function formatProfile(title: string, threads: readonly BusyThread[]): string {
  const lines = threads.flatMap(({ thread, times, busy }) => [
    `  ${thread}, busy ${percent(busy)}`,
    ...times
      .filter(({ part }) => part >= LEAST_OF_FUNCTION)
      .slice(0, SHOWN)
      .map(({ name, part }) => `    ${percent(part).padStart(6)}  ${name.slice(0, LONGEST_NAME)}`),
  ]);
  return [title, ...lines].map((line) => `${line}\n`).join('');
}

function busyPart(times: readonly SelfTime[]): number {
  const busy = times.filter(({ name }) => !WAITING.includes(name.split(' ')[0]));
  return busy.reduce((sum, { part }) => sum + part, 0);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
