import type { OnBytes } from './download.ts';
import { byId, create } from './elements.ts';
import {
  formatPercent,
  formatTransfer,
  fraction,
  overallFraction,
  type Transfer,
} from './progress.ts';
import { litPattern } from './ring-mark.ts';

interface Row {
  transfer: Transfer;
  numbers: HTMLElement;
  percent: HTMLElement;
  bar: HTMLProgressElement;
}

function createRow(transfer: Transfer): { row: Row; item: HTMLElement } {
  const bar = create('progress', 'bar-line transfer-bar');
  bar.setAttribute('aria-label', transfer.name);
  const numbers = create('span', 'transfer-numbers');
  const percent = create('span', 'transfer-percent');
  const name = create('span', 'transfer-name', transfer.name);
  const item = create('li', 'transfer', name, numbers, percent, bar);
  return { row: { transfer, numbers, percent, bar }, item };
}

function showRow({ transfer, numbers, percent, bar }: Row): void {
  const part = fraction(transfer);
  numbers.textContent = formatTransfer(transfer);
  percent.textContent = formatPercent(part);
  if (part !== null) bar.value = part; // Without a value the bar is indeterminate.
}

/** What is seen until the machine runs: a bar for each file, and the ring that they fill. */
export class LoadingView {
  readonly #section = byId('loading', HTMLElement);
  readonly #saved = byId('loading-saved', HTMLElement);
  readonly #savedTime = byId('loading-saved-time', HTMLElement);
  readonly #list = byId('transfers', HTMLElement);
  readonly #ring = byId('loading-ring', SVGElement);
  #rows: Row[] = [];
  #drawing = false;

  /** @param onAnew the visitor would have the machine boot that was saved */
  constructor(onAnew: () => void) {
    byId('loading-anew', HTMLButtonElement).addEventListener('click', onAnew);
  }

  /** @param saved when the machine was saved that is to go on, in words; null for one that boots */
  open(saved: string | null): void {
    this.#saved.hidden = saved === null;
    this.#savedTime.textContent = saved;
    this.#rows = [];
    this.#list.replaceChildren();
    this.#section.hidden = false;
    this.#draw();
  }

  close(): void {
    this.#section.hidden = true;
  }

  addTransfer(name: string, total: number | null): OnBytes {
    const transfer: Transfer = { name, total, received: 0 };
    const { row, item } = createRow(transfer);
    this.#rows.push(row);
    this.#list.append(item);
    this.#drawSoon();
    return (count) => {
      transfer.received += count;
      this.#drawSoon();
    };
  }

  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#drawing = false;
    for (const row of this.#rows) showRow(row);
    const part = overallFraction(this.#rows.map(({ transfer }) => transfer));
    this.#ring.setAttribute('stroke-dasharray', litPattern(part));
  }
}
