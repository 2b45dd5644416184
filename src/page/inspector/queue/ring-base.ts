import type { Palette } from '../palette.ts';
import type { RingShape } from './ring-shape.ts';
import { addCell, addSlots } from './slots.ts';

/** Where the lines from the names in the corners end, in turns from the top. */
const AVAILABLE_LEADER = 7 / 8;
const USED_LEADER = 1 / 8;
/** Where they begin: so far from the sides. */
const CORNER_X = 26;
const CORNER_Y = 20;
const BOX_MARGIN = 4;

/** What of a queue never moves: empty rings, an empty table, lines from the names in the corners. */
export class RingBase {
  readonly #canvas = document.createElement('canvas');

  /** Draws it once, for `shape`. */
  prepare(shape: RingShape, palette: Palette): void {
    const scale = devicePixelRatio;
    const side = Math.round(shape.size * scale);
    this.#canvas.width = side;
    this.#canvas.height = side;
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = palette.track;
    context.beginPath();
    for (const band of [shape.available, shape.used]) {
      addSlots(context, shape, band, [0, shape.slots]);
    }
    for (let descriptor = 0; descriptor < shape.slots; descriptor++) {
      addCell(context, shape, descriptor);
    }
    context.fill();
    paintBox(context, shape, palette);
    paintLeaders(context, shape, palette);
  }

  paint(context: CanvasRenderingContext2D, { size }: RingShape): void {
    context.drawImage(this.#canvas, 0, 0, size, size);
  }
}

function paintBox(context: CanvasRenderingContext2D, shape: RingShape, palette: Palette): void {
  const { boxLeft, boxTop, columns, rows, cell } = shape;
  context.strokeStyle = palette.trackStrong;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(
    boxLeft - BOX_MARGIN,
    boxTop - BOX_MARGIN,
    columns * cell + 2 * BOX_MARGIN,
    rows * cell + 2 * BOX_MARGIN,
    BOX_MARGIN,
  );
  context.stroke();
}

function paintLeaders(context: CanvasRenderingContext2D, shape: RingShape, palette: Palette): void {
  const { slots, size, available, used, boxLeft, boxTop, rows, cell } = shape;
  context.strokeStyle = palette.trackStrong;
  context.fillStyle = palette.quiet;
  context.lineWidth = 1;
  const on = (turns: number, { inner, outer }: { inner: number; outer: number }) =>
    shape.point(turns * slots, (inner + outer) / 2);
  const lines = [
    [{ x: CORNER_X, y: CORNER_Y }, on(AVAILABLE_LEADER, available)],
    [{ x: size - CORNER_X, y: CORNER_Y }, on(USED_LEADER, used)],
    [
      { x: CORNER_X, y: size - CORNER_Y },
      { x: boxLeft - BOX_MARGIN + 1, y: boxTop + rows * cell + BOX_MARGIN - 1 },
    ],
  ];
  for (const [from, to] of lines) {
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    context.beginPath();
    context.arc(to.x, to.y, 2, 0, 2 * Math.PI);
    context.fill();
  }
}
