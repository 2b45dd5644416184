import type { Band, RingShape } from './ring-shape.ts';

/** Slots shorter than this get no gap between them, in pixels. */
const GAP_LENGTH = 2.2;

/** Part of the height of a band, from the outside: 0 to 1. */
export interface Height {
  from: number;
  to: number;
}

export const FULL: Height = { from: 0, to: 1 };

/**
 * Adds the slots `start` to `end` - 1 to the path: one by one, or as one piece where gaps would not be seen.
 * @param joined as one piece in any case, which costs less
 */
export function addSlots(
  context: CanvasRenderingContext2D,
  shape: RingShape,
  band: Band,
  [start, end]: readonly [number, number],
  { from, to }: Height = FULL,
  joined = false,
): void {
  const { centre, slots } = shape;
  const height = band.outer - band.inner;
  const outer = band.outer - from * height;
  const inner = band.outer - to * height;
  const single = !joined && shape.slotLength(band) >= GAP_LENGTH;
  const gap = single ? 0.5 / band.outer : 0;
  const step = single ? 1 : end - start;
  for (let slot = start; slot < end; slot += step) {
    const begin = shape.angle(slot) + gap;
    const finish = begin + (step / slots) * 2 * Math.PI - 2 * gap;
    context.moveTo(centre + Math.cos(begin) * outer, centre + Math.sin(begin) * outer);
    context.arc(centre, centre, outer, begin, finish);
    context.arc(centre, centre, inner, finish, begin, true);
    context.closePath();
  }
}

/** Adds the slots of which `matches` is true. */
export function addMatching(
  context: CanvasRenderingContext2D,
  shape: RingShape,
  band: Band,
  matches: (slot: number) => boolean,
  height: Height = FULL,
  joined = false,
): void {
  let start = -1;
  for (let slot = 0; slot <= shape.slots; slot++) {
    const inside = slot < shape.slots && matches(slot);
    if (inside && start === -1) start = slot;
    if (inside || start === -1) continue;
    addSlots(context, shape, band, [start, slot], height, joined);
    start = -1;
  }
}

/** Half of a side of the square of a descriptor. */
export function halfCell({ cell }: RingShape): number {
  return cell / 2 - (cell >= 4 ? 0.75 : 0);
}

/** Adds the square of a descriptor. @param half of its side */
export function addCell(
  context: CanvasRenderingContext2D,
  shape: RingShape,
  descriptor: number,
  half = halfCell(shape),
): void {
  const { x, y } = shape.cellCentre(descriptor);
  context.rect(x - half, y - half, 2 * half, 2 * half);
}
