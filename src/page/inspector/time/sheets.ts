import { create, createButton, setText } from '../../elements.ts';
import { Choice } from '../choice.ts';
import { formatMicroseconds, formatNumber } from '../format.ts';
import { CountersView } from './counters-view.ts';
import { EventTable } from './event-table.ts';
import type { EventFilter } from './filter.ts';
import { LatencyView } from './latency-view.ts';
import { PieceAnalysis } from './piece-analysis.ts';
import type { TimeRange } from './range.ts';
import type { TraceSource } from './trace-source.ts';

const SHEETS = [
  { id: 'rates', label: 'Rates' },
  { id: 'latency', label: 'Latency' },
  { id: 'events', label: 'Events' },
] as const;
type Sheet = (typeof SHEETS)[number]['id'];

/** Events of the table. */
const TABLE_LIMIT = 2000;

/** The piece of time that is told of. */
export interface ToldPiece extends TimeRange {
  /** Somebody has selected it; else it is what is in sight. */
  selected: boolean;
}

export interface SheetEvents {
  /** An event was chosen, by its position. */
  choose(position: number): void;
  /** Another sheet is looked at. */
  change(): void;
  /** What is selected is to fill the picture. */
  zoom(): void;
  /** Nothing is to be selected. */
  clear(): void;
}

/**
 * What is looked at in numbers and words: of a live trace so far, else of the piece of time that is selected, or in sight.
 */
export class Sheets {
  readonly element: HTMLElement;
  readonly #choice: Choice<Sheet>;
  readonly #panels: ReadonlyMap<Sheet, HTMLElement>;
  readonly #note = create('p', 'panel-text');
  readonly #tools = create('div', 'time-note-tools');
  readonly #counters = new CountersView();
  readonly #latency = new LatencyView();
  readonly #events: EventTable;
  readonly #piece = new PieceAnalysis();
  /** What the table lists. */
  #listed = '';

  constructor(events: SheetEvents) {
    this.#events = new EventTable((position) => events.choose(position));
    this.#choice = new Choice('inspector-time', 'tab', 'In numbers', SHEETS, () => {
      this.#showChosen();
      events.change();
    });
    this.#tools.append(
      createButton('Zoom to it', 'button button-small', () => events.zoom()),
      createButton('Select nothing', 'button button-small', () => events.clear()),
    );
    const contents: Record<Sheet, HTMLElement> = {
      rates: this.#counters.element,
      latency: this.#latency.element,
      events: this.#events.element,
    };
    this.#panels = new Map(SHEETS.map(({ id }) => [id, createPanel(id, contents[id])]));
    const panels = this.#panels.values();
    const note = create('div', 'time-note', this.#note, this.#tools);
    this.element = create('div', 'time-more', this.#choice.element, note, ...panels);
    this.#showChosen();
  }

  /** Other events are shown, or of another trace. */
  forget(): void {
    this.#listed = '';
  }

  /** @param chosen position of the event that is chosen @returns whether that is all: else it is to be asked again */
  show(source: TraceSource, filter: EventFilter, told: ToldPiece, chosen: number | null): boolean {
    this.#tools.hidden = !told.selected;
    if (this.#choice.chosen === 'events') {
      this.#list(source, filter, told, chosen);
      return true;
    }
    const { still } = source;
    if (still) this.#piece.look(source.records, told.from, told.to);
    const whole = !still || this.#piece.count();
    const span = formatMicroseconds(this.#piece.duration * 1000);
    const counted = whole ? '' : ', as far as they are counted';
    const words = `Of the ${span} that are ${placeWords(told)}${counted}.`;
    setText(this.#note, still ? words : 'Of all since you look.');
    const analysis = still ? this.#piece.analysis : source.latest;
    const { subject } = filter;
    if (this.#choice.chosen === 'latency') this.#latency.show(analysis, subject);
    else this.#counters.show(analysis, subject, still ? this.#piece.duration : null);
    return whole;
  }

  #list(source: TraceSource, filter: EventFilter, told: ToldPiece, chosen: number | null): void {
    const { records, still } = source;
    this.#events.element.hidden = !still;
    if (!still) {
      setText(this.#note, 'Freeze it, to read the events one by one.');
      return;
    }
    const { from, to } = told;
    const listed = [from, to, chosen, records.length].join();
    if (listed === this.#listed) return;
    this.#listed = listed;
    const positions = filter.positions(records, from, to, TABLE_LIMIT, chosen ?? undefined);
    const which = chosen === null ? 'The last' : 'Around the chosen one the';
    const most = positions.length === TABLE_LIMIT ? `${which} ${formatNumber(TABLE_LIMIT)}` : 'All';
    setText(this.#note, `${most} that are ${placeWords(told)}.`);
    this.#events.show(records, source.subjects, positions, chosen, source.origin);
  }

  #showChosen(): void {
    for (const [id, panel] of this.#panels) panel.hidden = id !== this.#choice.chosen;
  }
}

function placeWords({ selected }: ToldPiece): string {
  return selected ? 'selected' : 'in sight';
}

function createPanel(id: Sheet, content: HTMLElement): HTMLElement {
  const panel = create('div', 'time-panel', content);
  panel.id = `inspector-time-panel-${id}`;
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', `inspector-time-tab-${id}`);
  return panel;
}
