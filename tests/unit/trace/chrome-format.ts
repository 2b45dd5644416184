import { expect } from 'vitest';

interface ChromeEvent {
  name: string;
  cat?: string;
  ph: string;
  ts?: number;
  pid: number;
  tid: number;
  id?: number | string;
  s?: string;
  args?: Record<string, unknown>;
}

/**
 * Checks a file against the document "Trace Event Format", as far as it concerns what we write: the JSON object form;
 * metadata; instants with a scope; nestable asynchronous events, of which those with the same category and id
 * belong together, in order, each end ending the latest beginning.
 */
export function checkChromeTrace(file: { traceEvents: ChromeEvent[]; displayTimeUnit?: string }) {
  expect(['ms', 'ns']).toContain(file.displayTimeUnit);
  const threads = new Map<number, unknown>();
  const asynchronous = new Map<string, ChromeEvent[]>();
  let instants = 0;
  for (const event of file.traceEvents) {
    const where = JSON.stringify(event);
    expect([typeof event.name, typeof event.pid, typeof event.tid], where).toEqual([
      'string',
      'number',
      'number',
    ]);
    if (event.ph === 'M') {
      expect(['process_name', 'thread_name', 'thread_sort_index']).toContain(event.name);
      if (event.name === 'thread_name') threads.set(event.tid, event.args?.name);
      else if (event.name === 'thread_sort_index') expect(event.args?.sort_index).toBe(event.tid);
      continue;
    }
    expect(Number.isFinite(event.ts), where).toBe(true);
    if (event.ph === 'i') {
      expect(['g', 'p', 't'], where).toContain(event.s);
      instants++;
      continue;
    }
    expect(['b', 'e'], where).toContain(event.ph);
    expect([typeof event.cat, typeof event.id], where).toEqual(['string', 'number']);
    const key = `${event.cat} ${event.id}`;
    asynchronous.set(key, [...(asynchronous.get(key) ?? []), event]);
  }
  return { threads, instants, spans: [...asynchronous.values()].map(namesOfSpan) };
}

/** The names of what began, in order. */
function namesOfSpan(events: ChromeEvent[]): string[] {
  const open: string[] = [];
  const names: string[] = [];
  let now = Number.NEGATIVE_INFINITY;
  for (const { ph, name, ts = 0 } of events) {
    expect(ts, `time of ${name}`).toBeGreaterThanOrEqual(now);
    now = ts;
    if (ph === 'b') {
      open.push(name);
      names.push(name);
    } else {
      expect(open.pop()).toBe(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}
