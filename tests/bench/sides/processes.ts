import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright';

/** Ticks in a second in which Linux counts processes' time, on every system that matters. */
const TICKS = 100;
/** Of the fields behind the name in /proc/PID/stat: time in the program, and in the kernel for it. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Seconds of processor that process `process` has used. */
export function processorTime(process: number): number {
  const text = readFileSync(`/proc/${process}/stat`, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS;
}

/** Seconds of processor that all processes have used in which the browser's pages run. */
export async function pagesProcessorTime(browser: Browser): Promise<number> {
  return (await pageProcesses(browser)).reduce((sum, id) => sum + processorTime(id), 0);
}

/** MiB of memory (RSS) that these processes hold. */
export async function pagesMemory(browser: Browser): Promise<number> {
  return (await pageProcesses(browser)).reduce((sum, id) => sum + memory(id), 0);
}

function memory(process: number): number {
  const text = readFileSync(`/proc/${process}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) / 1024;
}

async function pageProcesses(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}
