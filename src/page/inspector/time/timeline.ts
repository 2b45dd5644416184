import { TRACE_KINDS, type TraceRecords, type TraceSubjects } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { explain } from '../explanation.ts';
import { watchPalette } from '../palette.ts';
import { Surface } from '../surface.ts';
import type { Moment } from './chain-life.ts';
import type { EventFilter } from './filter.ts';
import { KIND_STYLES } from './kinds.ts';
import { Lanes } from './lanes.ts';
import { rangeBetween, type TimeRange } from './range.ts';
import { TimeScale } from './scale.ts';
import { AXIS_HEIGHT, GUTTER, TimelineDrawing } from './timeline-drawing.ts';

/** Pixels from an event within which it is meant. */
const REACH = 8;
/** Pixels that a pointer moves before it is meant to drag. */
const DRAG_DISTANCE = 4;
const WHEEL_ZOOM = 1.0015;

export interface TimelineEvents {
  /** An event was chosen, by its position, or none. */
  choose(position: number | null): void;
  /** The same by keyboard. */
  step(position: number | null): void;
  /** A piece of time was selected, or none. @param end position of the event at its end, if that was reached by keyboard */
  select(range: TimeRange | null, end?: number): void;
  /** An event is pointed at. */
  point(position: number): void;
  /** Somebody moves through time: it is to stand still. */
  moved(): void;
}

/** The picture of a trace, to be moved through with mouse, finger and keyboard. */
export class Timeline {
  readonly element = create('canvas', 'timeline-canvas');
  readonly scale = new TimeScale();
  readonly #surface: Surface;
  readonly #drawing: TimelineDrawing;
  readonly #filter: EventFilter;
  readonly #events: TimelineEvents;
  #records: TraceRecords | null = null;
  #chosen: number | null = null;
  #range: TimeRange | null = null;
  /** The time at which a selection by keyboard has begun; null for none. */
  #anchor: number | null = null;
  #lanes = new Lanes({ threads: [], devices: [] }, {}, 0);
  #lanesOf = '';
  /** Something has changed since it was drawn. */
  #stale = true;

  constructor(filter: EventFilter, events: TimelineEvents) {
    this.#filter = filter;
    this.#events = events;
    // The arrow keys go from event to event, each of which is told; the table of events has the same.
    this.element.setAttribute('role', 'application');
    this.element.ariaLabel = 'Timeline';
    this.element.tabIndex = 0;
    explain(this.element, 'timeline');
    this.#surface = new Surface(this.element, () => this.refresh());
    let drawing: TimelineDrawing | null = null;
    watchPalette((palette) => {
      drawing ??= new TimelineDrawing(this.#surface, palette);
      drawing.palette = palette;
      this.refresh();
    });
    if (drawing === null) throw new Error('There is no palette.');
    this.#drawing = drawing;
    this.#listen();
  }

  /** All is to be drawn again. */
  refresh(): void {
    this.#stale = true;
  }

  /** Makes room for the threads that are looked at. */
  arrange(subjects: TraceSubjects): void {
    const lanesOf = JSON.stringify([subjects.threads, this.#filter.subject]);
    if (lanesOf === this.#lanesOf) return;
    this.#lanesOf = lanesOf;
    this.#lanes = new Lanes(subjects, this.#filter.subject, AXIS_HEIGHT);
    this.element.style.setProperty('--lanes-height', `${this.#lanes.height}px`);
    this.refresh();
  }

  draw(
    records: TraceRecords,
    origin: number,
    chosen: number | null,
    life: readonly Moment[],
    range: TimeRange | null,
  ): void {
    this.#records = records;
    this.#chosen = chosen;
    this.#range = range;
    this.scale.width = Math.max(1, this.#surface.width - GUTTER);
    if (!this.#stale || this.#surface.width === 0) return;
    this.#stale = false;
    const { scale } = this;
    this.#drawing.draw({
      records,
      lanes: this.#lanes,
      filter: this.#filter,
      scale,
      origin,
      chosen,
      life,
      range,
    });
  }

  /** Brings a time into sight. */
  reveal(time: number): void {
    const { from, to, span } = this.scale;
    if (time < from || time > to) this.scale.show(time - span / 2, time + span / 2);
    this.refresh();
  }

  /** @param around a time that stays where it is: what is chosen, if that is in sight, unless told */
  zoom(factor: number, around = this.#chosenInSight): void {
    this.scale.zoom(factor, around);
    this.refresh();
  }

  pan(part: number): void {
    this.#events.moved();
    this.scale.pan(part);
    this.refresh();
  }

  #listen(): void {
    this.element.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.element.addEventListener('dblclick', (event) => this.zoom(0.25, this.#timeAt(event)));
    this.element.addEventListener('pointerdown', (event) => this.#onDown(event));
    this.element.addEventListener('pointermove', (event) => this.#onMove(event));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { length } = this.#records ?? { length: 0 };
    const go = (from: number, by: 1 | -1) => {
      if (event.shiftKey) this.#extend(from, by);
      else this.#step(from, by);
    };
    const actions: Record<string, () => void> = {
      ArrowRight: () => go(this.#chosen === null ? this.#first : this.#chosen + 1, 1),
      ArrowLeft: () => go((this.#chosen ?? this.#first) - 1, -1),
      Home: () => go(0, 1),
      End: () => go(length - 1, -1),
      PageDown: () => this.pan(0.5),
      PageUp: () => this.pan(-0.5),
      '+': () => this.zoom(0.5),
      '-': () => this.zoom(2),
    };
    // One thing after the other; without a choice Escape closes the panel.
    if (this.#range !== null) actions.Escape = () => this.#events.select(null);
    else if (this.#chosen !== null) actions.Escape = () => this.#events.step(null);
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  get #chosenInSight(): number | undefined {
    if (this.#chosen === null || this.#records === null) return undefined;
    const time = this.#records.times[this.#chosen];
    return time >= this.scale.from && time <= this.scale.to ? time : undefined;
  }

  /** Position of the first event that is in sight, or comes after. */
  get #first(): number {
    return this.#records?.find(this.scale.from) ?? 0;
  }

  #step(from: number, step: 1 | -1): void {
    this.#anchor = null;
    this.#events.moved();
    const next = this.#records && this.#filter.next(this.#records, from, step);
    if (next === null) return;
    // The next key may come before the next drawing.
    this.#chosen = next;
    this.#events.step(next);
  }

  /** Selects all from the chosen event to the next one, and so on. */
  #extend(from: number, step: 1 | -1): void {
    this.#events.moved();
    const records = this.#records;
    const next = records && this.#filter.next(records, from, step);
    if (records === null || next === null) return;
    this.#anchor ??= records.times[this.#chosen ?? next];
    this.#chosen = next;
    this.#range = rangeBetween(this.#anchor, records.times[next]);
    this.#events.select(this.#range, next);
  }

  #onMove(event: PointerEvent): void {
    if (event.buttons !== 0) return;
    const { x, y } = this.#surface.locate(event);
    this.element.dataset.over = y < AXIS_HEIGHT ? 'times' : 'events';
    const position = this.#find(x - GUTTER, y);
    if (position !== null) this.#events.point(position);
  }

  #onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(WHEEL_ZOOM ** event.deltaY, this.#timeAt(event));
    } else if (event.deltaX !== 0 || event.shiftKey) {
      event.preventDefault();
      this.pan((event.deltaX || event.deltaY) / this.scale.width);
    }
  }

  /** A drag moves through time; one along the times, or with Shift, selects. Anything shorter chooses. */
  #onDown(down: PointerEvent): void {
    if (down.button !== 0) return;
    const selects = down.shiftKey || this.#surface.locate(down).y < AXIS_HEIGHT;
    let last = down.clientX;
    let dragging = false;
    const ending = new AbortController();
    const { signal } = ending;
    const move = (event: PointerEvent) => {
      const { clientX } = event;
      dragging ||= Math.abs(clientX - down.clientX) > DRAG_DISTANCE;
      if (!dragging) return;
      if (selects) this.#selectBetween(down, event);
      else this.pan((last - clientX) / this.scale.width);
      last = clientX;
    };
    const up = (event: PointerEvent) => {
      ending.abort();
      if (dragging) return;
      if (selects) this.#events.select(null);
      this.#chooseAt(event);
    };
    this.element.setPointerCapture(down.pointerId);
    this.element.addEventListener('pointermove', move, { signal });
    this.element.addEventListener('pointerup', up, { signal });
    this.element.addEventListener('pointercancel', () => ending.abort(), { signal });
  }

  #selectBetween(down: PointerEvent, now: PointerEvent): void {
    this.#anchor = null;
    // What moves would move away from under the pointer.
    this.#events.moved();
    this.#events.select(rangeBetween(this.#timeAt(down), this.#timeAt(now)));
  }

  #timeAt(event: MouseEvent): number {
    return this.scale.time(Math.max(0, this.#surface.locate(event).x - GUTTER));
  }

  #chooseAt(event: MouseEvent): void {
    const { x, y } = this.#surface.locate(event);
    this.#anchor = null;
    this.#events.moved();
    this.#events.choose(this.#find(x - GUTTER, y));
  }

  /** The event nearest to a point. */
  #find(x: number, y: number): number | null {
    const records = this.#records;
    const place = this.#lanes.find(y);
    if (records === null || place === null) return null;
    let nearest: number | null = null;
    let least = REACH;
    const end = records.find(this.scale.time(x + REACH));
    for (let at = records.find(this.scale.time(x - REACH)); at < end; at++) {
      const { row } = KIND_STYLES[TRACE_KINDS[records.kinds[at]]];
      if (records.threads[at] !== place.thread || row !== place.row) continue;
      const away = Math.abs(this.scale.position(records.times[at]) - x);
      if (away >= least || !this.#filter.matches(records, at)) continue;
      nearest = at;
      least = away;
    }
    return nearest;
  }
}
