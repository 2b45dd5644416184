import { NO_QUEUE, type TraceAnalysis, type TraceCounters } from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { formatBytes } from '../../progress.ts';
import { formatNumber } from '../format.ts';
import type { Subject } from './filter.ts';

const ROWS: readonly [key: keyof TraceCounters, label: string][] = [
  ['doorbells', 'Doorbells'],
  ['chains', 'Chains taken'],
  ['bytesRead', 'Bytes read by the device'],
  ['bytesWritten', 'Bytes written by the device'],
  ['syncs', 'Sync points'],
  ['publishes', 'Publications'],
  ['interrupts', 'Interrupts'],
  ['suppressed', 'Interrupts not wanted'],
  ['isrReads', 'ISR reads'],
];

/** How often things happen. */
export class CountersView {
  readonly element: HTMLElement;
  readonly #cells = new Map<keyof TraceCounters, { total: HTMLElement; rate: HTMLElement }>();
  readonly #ratios = create('p', 'panel-text counters-ratios');

  constructor() {
    const body = create('tbody', '');
    for (const [key, label] of ROWS) {
      const total = create('td', 'cell-number');
      const rate = create('td', 'cell-number');
      const head = create('th', '', label);
      head.scope = 'row';
      body.append(create('tr', '', head, rate, total));
      this.#cells.set(key, { total, rate });
    }
    const heads = ['Of', 'per second', 'in all'].map((label, index) => {
      const head = create('th', index === 0 ? '' : 'cell-number', label);
      head.scope = 'col';
      return head;
    });
    const table = create(
      'table',
      'counters',
      create('thead', '', create('tr', '', ...heads)),
      body,
    );
    this.element = create('div', '', table, this.#ratios);
  }

  /** @param duration milliseconds that the whole took; null while it goes on, and rates are the latest */
  show(analysis: TraceAnalysis, { device, queue }: Subject, duration: number | null): void {
    const totals = countersOf((...subject) => analysis.counters(...subject), device, queue);
    const latest = countersOf((...subject) => analysis.rates(...subject), device, queue);
    for (const [key, { total, rate }] of this.#cells) {
      const format = key.startsWith('bytes') ? formatBytes : formatNumber;
      setText(total, format(totals[key]));
      const perSecond =
        duration === null ? latest[key] : (totals[key] * 1000) / Math.max(duration, 0.001);
      setText(rate, format(Math.round(perSecond)));
    }
    setText(this.#ratios, ratioWords(totals));
  }
}

/** Syncs and ISR reads are of no queue: beside one stand those of its device. */
function countersOf(
  count: (device?: number, queue?: number) => TraceCounters,
  device?: number,
  queue?: number,
): TraceCounters {
  const counters = count(device, queue);
  if (queue === undefined) return counters;
  const { syncs, isrReads } = count(device, NO_QUEUE);
  return { ...counters, syncs, isrReads };
}

/** What batching and suppression save. */
export function ratioWords({ chains, doorbells, interrupts }: TraceCounters): string {
  if (chains === 0) return 'No chain was taken.';
  const of = (count: number, what: string) =>
    count === 0 ? `No ${what}s.` : `${(chains / count).toFixed(2)} chains for each ${what}.`;
  return `${of(doorbells, 'doorbell')} ${of(interrupts, 'interrupt')}`;
}
