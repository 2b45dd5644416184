import type { TraceRecords, TraceSubjects } from '../../../machine/index.ts';
import { setText } from '../../elements.ts';
import { Table, type TableContent } from '../table.ts';
import { eventDetails, subjectName, threadName } from './event-words.ts';

/** What happens lies microseconds apart, wherever in a trace: `2,391.815`. */
const MILLISECONDS = new Intl.NumberFormat('en', {
  minimumFractionDigits: 3,
  maximumFractionDigits: 3,
});

/** The events of a piece of time in words. */
export class EventTable implements TableContent {
  readonly element: HTMLElement;
  readonly #table: Table;
  #records: TraceRecords | null = null;
  #subjects: TraceSubjects = { threads: [], devices: [] };
  #positions: readonly number[] = [];
  #origin = 0;

  /** @param choose told the position of the event that was chosen */
  constructor(choose: (position: number) => void) {
    const columns = [
      { title: 'Time', width: '8em', className: 'cell-number' },
      { title: 'Thread', width: '6em' },
      { title: 'Event', width: '6.5em' },
      { title: 'Queue', width: 'minmax(9em, 0.75fr)' },
      { title: 'What', width: 'minmax(10em, 1fr)' },
    ];
    this.#table = new Table('inspector-events', 'Events', columns, {
      choose: (row) => choose(this.#positions[row]),
    });
    this.element = this.#table.element;
  }

  get count(): number {
    return this.#positions.length;
  }

  /** @param positions of the events, in order @param chosen one of them @param origin the time that is called 0 */
  show(
    records: TraceRecords,
    subjects: TraceSubjects,
    positions: readonly number[],
    chosen: number | null,
    origin: number,
  ): void {
    this.#records = records;
    this.#subjects = subjects;
    this.#positions = positions;
    this.#origin = origin;
    const row = chosen === null ? -1 : positions.indexOf(chosen);
    if (row !== this.#table.chosen && row !== -1) this.#table.reveal(row);
    this.#table.markChosen(row);
    this.#table.show(this);
  }

  fill(row: number, cells: readonly HTMLElement[]): void {
    const event = this.#records?.at(this.#positions[row]);
    if (event === undefined) return;
    const { time, thread, kind, device, queue } = event;
    const texts = [
      `${MILLISECONDS.format(time - this.#origin)} ms`,
      threadName(this.#subjects, thread),
      kind,
      subjectName(this.#subjects, device, queue),
      eventDetails(event),
    ];
    for (const [index, text] of texts.entries()) setText(cells[index], text);
  }
}
