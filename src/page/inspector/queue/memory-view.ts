import type { InFlight, Inspector, QueueSnapshot } from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { Choice } from '../choice.ts';
import type { Explained } from '../explanation.ts';
import { formatAddress, formatFlags, formatNumber } from '../format.ts';
import { GLOSSARY } from '../glossary.ts';
import { type Column, Table, type TableContent } from '../table.ts';
import type { Part, PointerName } from './ring-shape.ts';
import type { QueueStages } from './stages.ts';
import { Stage } from './stages.ts';
import { availableSlotWords, stateTerm, stateWords, usedSlotWords } from './words.ts';

type Sheet = 'flight' | 'table' | 'available' | 'used';

const SHEETS: readonly { id: Sheet; label: string }[] = [
  { id: 'flight', label: 'In flight' },
  { id: 'table', label: 'Descriptor table' },
  { id: 'available', label: 'Available ring' },
  { id: 'used', label: 'Used ring' },
];

const COLUMNS: Readonly<Record<Sheet, readonly Column[]>> = {
  flight: [
    { title: 'Head', width: '3.5em', className: 'cell-number' },
    { title: 'State', width: '10em' },
    { title: 'Request', width: '1fr' },
  ],
  table: [
    { title: '', width: '3em', className: 'cell-number' },
    { title: 'addr', width: '7.5em' },
    { title: 'len', width: '5em', className: 'cell-number' },
    { title: 'flags', width: 'minmax(5em, 1fr)' },
    { title: 'next', width: '3.5em', className: 'cell-number' },
  ],
  available: [
    { title: 'Slot', width: '3.5em', className: 'cell-number' },
    { title: 'Head', width: '5em', className: 'cell-number' },
    { title: '', width: '1fr' },
  ],
  used: [
    { title: 'Slot', width: '3.5em', className: 'cell-number' },
    { title: 'id', width: '5em', className: 'cell-number' },
    { title: 'len', width: '6em', className: 'cell-number' },
    { title: '', width: '1fr' },
  ],
};

const STAGE_NAMES = ['', 'available', 'notified', 'taken', 'served'];

export interface MemoryEvents {
  /** A chain is to be looked at. */
  choose(head: number): void;
  /** A row is pointed at: what it is in the drawing, and what it is. */
  point(part: Part | null, explained: Explained | null): void;
}

/** The three parts of a queue as they lie in memory, and what is in flight, as tables. */
export class MemoryView {
  readonly element: HTMLElement;
  readonly #choice: Choice<Sheet>;
  readonly #tables = new Map<Sheet, Table>();
  readonly #empty = create('p', 'panel-text memory-empty', 'Nothing is in flight.');
  readonly #events: MemoryEvents;
  #inspector: Inspector | null = null;
  #queue: QueueSnapshot | null = null;
  #stages: QueueStages | null = null;

  constructor(events: MemoryEvents) {
    this.#events = events;
    this.#choice = new Choice('inspector-memory', 'tab', 'What of the queue', SHEETS, () => {
      this.#showSheet();
    });
    this.element = create('section', 'memory', this.#choice.element);
    this.element.ariaLabel = 'Memory of the queue';
    for (const { id, label } of SHEETS) {
      const table = new Table(`inspector-rows-${id}`, label, COLUMNS[id], {
        choose: (row) => this.#choose(id, row),
        point: (row) => this.#point(id, row),
      });
      this.#tables.set(id, table);
      const panel = create(
        'div',
        'memory-panel',
        ...(id === 'flight' ? [this.#empty] : []),
        table.element,
      );
      panel.id = `inspector-memory-panel-${id}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', `inspector-memory-tab-${id}`);
      panel.hidden = id !== this.#choice.chosen;
      this.element.append(panel);
    }
  }

  /** @param chosen head of the chain that is looked at, or -1 */
  show(inspector: Inspector, queue: QueueSnapshot, stages: QueueStages, chosen: number): void {
    this.#inspector = inspector;
    this.#queue = queue;
    this.#stages = stages;
    const sheet = this.#choice.chosen;
    const table = this.#tables.get(sheet);
    if (table === undefined) return;
    const none = queue.inFlight.length === 0;
    this.#empty.hidden = !none;
    if (sheet === 'flight') table.element.hidden = none;
    table.markChosen(rowOf(sheet, queue, chosen));
    table.show(this.#contentOf(sheet, queue));
  }

  #showSheet(): void {
    for (const { id } of SHEETS) {
      const panel = this.element.querySelector<HTMLElement>(`#inspector-memory-panel-${id}`);
      if (panel !== null) panel.hidden = id !== this.#choice.chosen;
    }
    const queue = this.#queue;
    if (queue === null || this.#inspector === null || this.#stages === null) return;
    this.show(this.#inspector, queue, this.#stages, -1);
    const table = this.#tables.get(this.#choice.chosen);
    const mask = Math.max(queue.available.elements.length - 1, 0);
    if (this.#choice.chosen === 'available') table?.reveal(queue.availableIndex & mask);
    if (this.#choice.chosen === 'used') table?.reveal(queue.published & mask);
  }

  #contentOf(sheet: Sheet, queue: QueueSnapshot): TableContent {
    switch (sheet) {
      case 'flight':
        return {
          count: queue.inFlight.length,
          fill: (row, cells, element) => {
            this.#fillFlight(queue, queue.inFlight[row], cells, element);
          },
        };
      case 'table':
        return {
          count: queue.descriptors.lengths.length,
          fill: (row, cells, element) => {
            fillDescriptor(queue, row, cells);
            this.#markStage(element, this.#stages?.descriptors[row]);
          },
        };
      case 'available':
        return {
          count: queue.available.elements.length,
          fill: (row, cells, element) => {
            fill(
              cells,
              `${row}`,
              `${queue.available.elements[row]}`,
              pointersAt(queue, row, AVAILABLE_POINTERS),
            );
            this.#markStage(element, this.#stages?.available[row]);
          },
        };
      default:
        return {
          count: queue.used.ids.length,
          fill: (row, cells, element) => {
            fill(
              cells,
              `${row}`,
              `${queue.used.ids[row]}`,
              formatNumber(queue.used.lengths[row]),
              pointersAt(queue, row, USED_POINTERS),
            );
            this.#markStage(element, this.#stages?.used[row]);
          },
        };
    }
  }

  #fillFlight(
    queue: QueueSnapshot,
    chain: InFlight,
    cells: readonly HTMLElement[],
    element: HTMLElement,
  ): void {
    const { head, state } = chain;
    const request = this.#inspector?.request(queue.place, queue.queue, head);
    fill(cells, `${head}`, stateWords(state), request?.title ?? '');
    this.#markStage(element, Stage[state]);
  }

  #markStage(element: HTMLElement, stage = 0): void {
    const name = STAGE_NAMES[stage];
    if (element.dataset.stage !== name) element.dataset.stage = name;
  }

  #choose(sheet: Sheet, row: number): void {
    const queue = this.#queue;
    if (queue === null) return;
    const head = headAt(sheet, queue, row, this.#stages);
    if (head !== undefined) this.#events.choose(head);
  }

  #point(sheet: Sheet, row: number | null): void {
    const queue = this.#queue;
    if (queue === null || row === null) {
      this.#events.point(null, null);
      return;
    }
    this.#events.point(partOf(sheet, queue, row), explainRow(sheet, queue, row));
  }
}

const AVAILABLE_POINTERS = [
  ['availableIndex', 'avail idx'],
  ['doorbell', 'doorbell'],
  ['taken', 'taken'],
] as const satisfies [PointerName, string][];
const USED_POINTERS = [
  ['usedIndex', 'used idx'],
  ['returned', 'returned'],
] as const satisfies [PointerName, string][];

/** The indices that point at a slot, in words. */
function pointersAt(
  queue: QueueSnapshot,
  slot: number,
  pointers: readonly (readonly [PointerName, string])[],
): string {
  const mask = queue.available.elements.length - 1;
  const values: Partial<Record<PointerName, number>> = {
    availableIndex: queue.availableIndex,
    doorbell: queue.doorbell,
    taken: queue.taken,
    returned: queue.returned,
    usedIndex: queue.published,
  };
  const names = pointers
    .filter(([pointer]) => ((values[pointer] ?? -1) & mask) === slot)
    .map(([, name]) => name);
  return names.length === 0 ? '' : `← ${names.join(', ')}`;
}

function fillDescriptor(
  { descriptors }: QueueSnapshot,
  row: number,
  cells: readonly HTMLElement[],
): void {
  fill(
    cells,
    `${row}`,
    formatAddress(descriptors.addresses[row]),
    formatNumber(descriptors.lengths[row]),
    formatFlags(descriptors.flags[row]),
    `${descriptors.next[row]}`,
  );
}

function fill(cells: readonly HTMLElement[], ...texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) setText(cells[index], text);
}

function rowOf(sheet: Sheet, queue: QueueSnapshot, head: number): number {
  if (sheet === 'flight') return queue.inFlight.findIndex((chain) => chain.head === head);
  return sheet === 'table' ? head : -1;
}

/** The head of the chain that a row belongs to. */
function headAt(sheet: Sheet, queue: QueueSnapshot, row: number, stages: QueueStages | null) {
  if (sheet === 'flight') return queue.inFlight[row]?.head;
  if (sheet === 'available') return queue.available.elements[row];
  if (sheet === 'used') return queue.used.ids[row];
  const head = stages?.heads[row] ?? -1;
  return head === -1 ? row : head;
}

function partOf(sheet: Sheet, queue: QueueSnapshot, row: number): Part | null {
  if (sheet === 'available' || sheet === 'used') return { kind: sheet, index: row };
  const index = sheet === 'table' ? row : queue.inFlight[row]?.head;
  return index === undefined ? null : { kind: 'descriptor', index };
}

function explainRow(sheet: Sheet, queue: QueueSnapshot, row: number): Explained | null {
  if (sheet === 'available') {
    return { term: GLOSSARY.availableElement, now: availableSlotWords(queue, row) };
  }
  if (sheet === 'used') return { term: GLOSSARY.usedElement, now: usedSlotWords(queue, row) };
  if (sheet === 'table') return { term: GLOSSARY.descriptorTable, now: `descriptor ${row}` };
  const chain = queue.inFlight[row];
  return chain && { term: GLOSSARY[stateTerm(chain.state)], now: `chain ${chain.head}` };
}
