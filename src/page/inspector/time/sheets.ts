import { create, setText } from '../../elements.ts';
import { Choice } from '../choice.ts';
import { formatMicroseconds, formatNumber } from '../format.ts';
import { CountersView } from './counters-view.ts';
import { EventTable } from './event-table.ts';
import type { EventFilter } from './filter.ts';
import { LatencyView } from './latency-view.ts';
import { PieceAnalysis } from './piece-analysis.ts';
import type { TimeScale } from './scale.ts';
import type { TraceSource } from './trace-source.ts';

const SHEETS = [
  { id: 'rates', label: 'Rates' },
  { id: 'latency', label: 'Latency' },
  { id: 'events', label: 'Events' },
] as const;
type Sheet = (typeof SHEETS)[number]['id'];

/** Events of the table. */
const TABLE_LIMIT = 2000;

/** What is looked at in numbers and words: of a live trace so far, else of the piece of time that is in sight. */
export class Sheets {
  readonly element: HTMLElement;
  readonly #choice: Choice<Sheet>;
  readonly #panels: ReadonlyMap<Sheet, HTMLElement>;
  readonly #note = create('p', 'panel-text time-note');
  readonly #counters = new CountersView();
  readonly #latency = new LatencyView();
  readonly #events: EventTable;
  readonly #piece = new PieceAnalysis();
  /** What the table lists. */
  #listed = '';

  /** @param choose told the position of an event that was chosen @param onChange another sheet is looked at */
  constructor(choose: (position: number) => void, onChange: () => void) {
    this.#events = new EventTable(choose);
    this.#choice = new Choice('inspector-time', 'tab', 'In numbers', SHEETS, () => {
      this.#showChosen();
      onChange();
    });
    const contents: Record<Sheet, HTMLElement> = {
      rates: this.#counters.element,
      latency: this.#latency.element,
      events: this.#events.element,
    };
    this.#panels = new Map(SHEETS.map(({ id }) => [id, createPanel(id, contents[id])]));
    const panels = this.#panels.values();
    this.element = create('div', 'time-more', this.#choice.element, this.#note, ...panels);
    this.#showChosen();
  }

  /** Other events are shown, or of another trace. */
  forget(): void {
    this.#listed = '';
  }

  /** @param chosen position of the event that is chosen @returns whether that is all: else it is to be asked again */
  show(source: TraceSource, filter: EventFilter, scale: TimeScale, chosen: number | null): boolean {
    if (this.#choice.chosen === 'events') {
      this.#list(source, filter, scale, chosen);
      return true;
    }
    const { still } = source;
    if (still) this.#piece.look(source.records, scale.from, scale.to);
    const whole = !still || this.#piece.count();
    const span = formatMicroseconds(this.#piece.duration * 1000);
    setText(
      this.#note,
      still
        ? `Of the ${span} that are in sight${whole ? '' : ', as far as they are counted'}.`
        : 'Of all since you look.',
    );
    const analysis = still ? this.#piece.analysis : source.latest;
    const { subject } = filter;
    if (this.#choice.chosen === 'latency') this.#latency.show(analysis, subject);
    else this.#counters.show(analysis, subject, still ? this.#piece.duration : null);
    return whole;
  }

  #list(source: TraceSource, filter: EventFilter, scale: TimeScale, chosen: number | null): void {
    const { records, still } = source;
    this.#events.element.hidden = !still;
    if (!still) {
      setText(this.#note, 'Freeze it, to read the events one by one.');
      return;
    }
    const listed = [scale.from, scale.to, chosen, records.length].join();
    if (listed === this.#listed) return;
    this.#listed = listed;
    const { from, to } = scale;
    const positions = filter.positions(records, from, to, TABLE_LIMIT, chosen ?? undefined);
    const which = chosen === null ? 'The last' : 'Around the chosen one the';
    const most = positions.length === TABLE_LIMIT ? `${which} ${formatNumber(TABLE_LIMIT)}` : 'All';
    setText(this.#note, `${most} that are in sight.`);
    this.#events.show(records, source.subjects, positions, chosen, source.origin);
  }

  #showChosen(): void {
    for (const [id, panel] of this.#panels) panel.hidden = id !== this.#choice.chosen;
  }
}

function createPanel(id: Sheet, content: HTMLElement): HTMLElement {
  const panel = create('div', 'time-panel', content);
  panel.id = `inspector-time-panel-${id}`;
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', `inspector-time-tab-${id}`);
  return panel;
}
