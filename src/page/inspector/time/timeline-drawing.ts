import { TRACE_KINDS, type TraceKind, type TraceRecords } from '../../../machine/index.ts';
import type { Palette } from '../palette.ts';
import type { Surface } from '../surface.ts';
import type { Moment } from './chain-life.ts';
import type { EventFilter } from './filter.ts';
import { type Doer, KIND_STYLES } from './kinds.ts';
import { type Lanes, THREADS } from './lanes.ts';
import type { TimeRange } from './range.ts';
import type { TimeScale } from './scale.ts';

/** Pixels for times above the lanes. */
export const AXIS_HEIGHT = 20;
/** Pixels for the names of the rows, left of the events. */
export const GUTTER = 78;
/** Pixels between two times on the axis. */
const TICK_GAP = 90;
/** Two events of a kind that are nearer than this are drawn as lines. */
const GLYPH_GAP = 6;
const BAR_HEIGHT = 9;
/** Events that are looked at for one drawing; of more, so many are left out evenly. */
const MOST_EVENTS = 120_000;

/** What is drawn. */
export interface TimelinePicture {
  records: TraceRecords;
  lanes: Lanes;
  filter: EventFilter;
  scale: TimeScale;
  /** The time that is called 0. */
  origin: number;
  /** The event that is chosen, by its position, and the way of its chain. */
  chosen: number | null;
  life: readonly Moment[];
  /** The piece of time that is selected. */
  range: TimeRange | null;
}

/** Events as shapes on the rows of their threads; chains as bars from being taken to being served. */
export class TimelineDrawing {
  readonly #surface: Surface;
  #palette: Palette;
  readonly #shapes = TRACE_KINDS.map((kind) => new Path2D(KIND_STYLES[kind].path));
  /** For each thread and kind where the last shape was drawn. */
  readonly #last = new Float64Array(THREADS * TRACE_KINDS.length);
  /** By queue and head: when a chain was taken. */
  readonly #taken = new Map<number, { x: number; y: number }>();

  constructor(surface: Surface, palette: Palette) {
    this.#surface = surface;
    this.#palette = palette;
  }

  set palette(palette: Palette) {
    this.#palette = palette;
  }

  draw(picture: TimelinePicture): void {
    const { context, width, height } = this.#surface;
    this.#surface.clear();
    this.#drawLanes(picture);
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, width - GUTTER, height);
    context.clip();
    context.translate(GUTTER, 0);
    this.#drawAxis(picture);
    this.#drawRange(picture);
    this.#drawEvents(picture);
    this.#drawLife(picture);
    this.#drawChosen(picture);
    context.restore();
  }

  #drawLanes({ lanes: { lanes } }: TimelinePicture): void {
    const { context, width } = this.#surface;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    for (const { name, top, height, rows } of lanes) {
      context.fillStyle = this.#palette.raised;
      context.fillRect(0, top, width, height);
      context.fillStyle = this.#palette.text;
      context.font = `600 11px ${this.#palette.font}`;
      context.fillText(name, 6, top + 8);
      context.font = `10px ${this.#palette.font}`;
      for (const row of rows) {
        context.fillStyle = this.#palette.quiet;
        context.fillText(row.name, 12, row.y);
        context.fillStyle = this.#palette.track;
        context.fillRect(GUTTER, row.y, width - GUTTER, 1);
      }
    }
  }

  #drawAxis({ scale, origin }: TimelinePicture): void {
    const { context, height } = this.#surface;
    context.font = `10px ${this.#palette.font}`;
    context.textAlign = 'left';
    for (const { time, label } of scale.ticks(TICK_GAP, origin)) {
      const x = Math.round(scale.position(time)) + 0.5;
      context.fillStyle = this.#palette.track;
      context.fillRect(x, 0, 1, height);
      context.fillStyle = this.#palette.quiet;
      context.fillText(label, x + 4, AXIS_HEIGHT / 2);
    }
  }

  /** A band behind the events, with an edge on each side and a line along the times. */
  #drawRange({ range, scale }: TimelinePicture): void {
    if (range === null) return;
    const { context, height } = this.#surface;
    const from = Math.round(scale.position(range.from));
    const width = Math.max(1, Math.round(scale.position(range.to)) - from);
    context.fillStyle = this.#palette.accent;
    context.globalAlpha = 0.12;
    context.fillRect(from, 0, width, height);
    context.globalAlpha = 1;
    context.fillRect(from, AXIS_HEIGHT - 3, width, 3);
    context.fillRect(from - 1, 0, 1, height);
    context.fillRect(from + width, 0, 1, height);
  }

  #drawEvents(picture: TimelinePicture): void {
    const { records, scale, filter } = picture;
    this.#last.fill(Number.NEGATIVE_INFINITY);
    this.#taken.clear();
    // A little more on both sides: shapes are wider than a moment.
    const first = records.find(scale.time(-10));
    const end = records.find(scale.time(scale.width + 10));
    const step = Math.max(1, Math.ceil((end - first) / MOST_EVENTS));
    for (let at = first; at < end; at += step) {
      if (filter.matches(records, at)) this.#drawEvent(picture, at, step === 1);
    }
    for (const { x, y } of this.#taken.values()) this.#drawBar(x, scale.width, y);
  }

  #drawEvent({ records, lanes, scale }: TimelinePicture, at: number, bars: boolean): void {
    const code = records.kinds[at];
    const kind = TRACE_KINDS[code];
    const thread = records.threads[at];
    const y = lanes.y(thread, code);
    if (Number.isNaN(y)) return;
    const x = scale.position(records.times[at]);
    if (bars) this.#followChain(records, at, kind, x, y);
    const key = thread * TRACE_KINDS.length + code;
    const last = this.#last[key];
    if (x - last < 1) return;
    this.#last[key] = x;
    if (x - last < GLYPH_GAP) this.#drawLine(x, y, KIND_STYLES[kind].doer);
    else this.#drawShape(code, x, y);
  }

  #followChain(records: TraceRecords, at: number, kind: TraceKind, x: number, y: number): void {
    if (kind !== 'taken' && kind !== 'served') return;
    const { devices, queues, heads } = records;
    const key = (devices[at] * 2 ** 16 + queues[at]) * 2 ** 16 + heads[at];
    if (kind === 'taken') {
      this.#taken.set(key, { x, y });
      return;
    }
    // What was taken before the beginning comes from the left.
    const from = this.#taken.get(key)?.x ?? 0;
    this.#taken.delete(key);
    this.#drawBar(from, x, y);
  }

  #drawBar(from: number, to: number, y: number): void {
    const { context } = this.#surface;
    context.globalAlpha = 0.4;
    context.fillStyle = this.#palette.device;
    context.fillRect(from, y - BAR_HEIGHT / 2, Math.max(1, to - from), BAR_HEIGHT);
    context.globalAlpha = 1;
  }

  #drawLine(x: number, y: number, doer: Doer): void {
    const { context } = this.#surface;
    context.fillStyle = this.#palette[doer];
    context.fillRect(x, y - 4, 1, 8);
  }

  #drawShape(code: number, x: number, y: number): void {
    const { context } = this.#surface;
    const { doer, filled } = KIND_STYLES[TRACE_KINDS[code]];
    context.translate(x, y);
    if (filled) {
      context.fillStyle = this.#palette[doer];
      context.fill(this.#shapes[code]);
    } else {
      context.fillStyle = this.#palette.raised;
      context.fill(this.#shapes[code]);
      context.lineWidth = 1.25;
      context.strokeStyle = this.#palette[doer];
      context.stroke(this.#shapes[code]);
    }
    context.translate(-x, -y);
  }

  /** The way of a chain from thread to thread. */
  #drawLife({ life, lanes, scale }: TimelinePicture): void {
    const { context } = this.#surface;
    context.beginPath();
    const seen = life.filter(({ code, thread }) => !Number.isNaN(lanes.y(thread, code)));
    for (const { code, thread, time } of seen) {
      context.lineTo(scale.position(time), lanes.y(thread, code));
    }
    context.lineJoin = 'round';
    context.lineWidth = 4;
    context.strokeStyle = this.#palette.raised;
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = this.#palette.text;
    context.stroke();
    for (const { code, thread, time } of seen) {
      this.#drawShape(code, scale.position(time), lanes.y(thread, code));
    }
  }

  #drawChosen({ chosen, records, lanes, scale }: TimelinePicture): void {
    if (chosen === null || chosen >= records.length) return;
    const { times, kinds, threads } = records;
    const y = lanes.y(threads[chosen], kinds[chosen]);
    if (Number.isNaN(y)) return;
    const { context } = this.#surface;
    context.beginPath();
    context.arc(scale.position(times[chosen]), y, 8, 0, 2 * Math.PI);
    context.lineWidth = 1.5;
    context.strokeStyle = this.#palette.text;
    context.stroke();
  }
}
