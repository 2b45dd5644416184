import { LATENCY_STAGES, type LatencyStage, type TraceAnalysis } from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { formatMicroseconds, formatNumber } from '../format.ts';
import { type Palette, watchPalette } from '../palette.ts';
import { Surface } from '../surface.ts';
import type { Subject } from './filter.ts';
import { type Bar, barsOf, MARKS, timePart } from './histogram-bars.ts';

const QUANTILES = [
  ['median', 0.5],
  ['99 %', 0.99],
] as const;

/** How long each stage of the chains' way takes. */
export class LatencyView {
  readonly element: HTMLElement;
  readonly #rows = new Map<LatencyStage, StageRow>();

  constructor() {
    const body = create('tbody', '');
    for (const stage of LATENCY_STAGES) {
      const row = new StageRow(stage);
      this.#rows.set(stage, row);
      body.append(row.element);
    }
    const labels = ['Stage', '', ...QUANTILES.map(([label]) => label), 'most', 'chains'];
    const heads = labels.map((label, index) => {
      const head = create('th', index > 1 ? 'cell-number' : '', label);
      head.scope = 'col';
      return head;
    });
    heads[1].append(create('span', 'visually-hidden', 'Distribution'), createAxis());
    const table = create(
      'table',
      'counters latencies',
      create('thead', '', create('tr', '', ...heads)),
      body,
    );
    watchPalette((palette) => {
      for (const row of this.#rows.values()) row.palette = palette;
    });
    this.element = create('div', '', table);
  }

  show(analysis: TraceAnalysis, subject: Subject): void {
    for (const row of this.#rows.values()) row.show(analysis, subject);
  }
}

function createAxis(): HTMLElement {
  const axis = create('span', 'histogram-axis');
  axis.ariaHidden = 'true';
  for (const mark of MARKS.filter((_, index) => index % 2 === 0)) {
    const label = create('span', 'histogram-mark', formatMark(mark));
    label.style.setProperty('--part', `${timePart(mark)}`);
    axis.append(label);
  }
  return axis;
}

function formatMark(microseconds: number): string {
  return microseconds < 1000 ? `${microseconds} µs` : `${microseconds / 1000} ms`;
}

class StageRow {
  readonly element = create('tr', '');
  readonly #stage: LatencyStage;
  readonly #canvas = create('canvas', 'histogram');
  readonly #surface: Surface;
  readonly #cells = Array.from({ length: 4 }, () => create('td', 'cell-number'));
  #palette: Palette | null = null;
  #bars: readonly Bar[] = [];
  #median = Number.NaN;

  constructor(stage: LatencyStage) {
    this.#stage = stage;
    const head = create('th', '', stage);
    head.scope = 'row';
    this.#canvas.ariaHidden = 'true';
    this.#surface = new Surface(this.#canvas, () => this.#draw());
    this.element.append(head, create('td', 'histogram-cell', this.#canvas), ...this.#cells);
  }

  set palette(palette: Palette) {
    this.#palette = palette;
    this.#draw();
  }

  show(analysis: TraceAnalysis, { device, queue }: Subject): void {
    const histogram = analysis.latency(this.#stage, device, queue);
    const { count, maximum } = histogram;
    const values = [...QUANTILES.map(([, part]) => histogram.quantile(part)), maximum];
    for (const [index, value] of values.entries()) {
      setText(this.#cells[index], count === 0 ? '–' : formatMicroseconds(value));
    }
    setText(this.#cells[3], formatNumber(count));
    this.#bars = barsOf(histogram.buckets(1.2));
    this.#median = values[0];
    this.#draw();
  }

  #draw(): void {
    const { context, width, height } = this.#surface;
    if (this.#palette === null || width === 0) return;
    this.#surface.clear();
    context.fillStyle = this.#palette.track;
    for (const mark of MARKS) context.fillRect(Math.round(timePart(mark) * width), 0, 1, height);
    context.fillRect(0, height - 1, width, 1);
    context.fillStyle = this.#palette.device;
    for (const { from, to, height: part } of this.#bars) {
      const tall = Math.max(1.5, part * (height - 2));
      context.fillRect(
        from * width,
        height - 1 - tall,
        Math.max(1, (to - from) * width - 0.5),
        tall,
      );
    }
    if (Number.isNaN(this.#median)) return;
    context.fillStyle = this.#palette.text;
    context.fillRect(timePart(this.#median) * width - 0.75, 0, 1.5, height);
  }
}
