import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';

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

/** Seconds of processor that the page's own process has used, workers included. */
export async function pageProcessorTime(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const time = metrics.find(({ name }) => name === 'ProcessTime');
  if (time === undefined) throw new Error('the browser does not tell what a process has used');
  return time.value;
}

/** MiB of memory (RSS) that all processes hold in which the browser's pages run. */
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
