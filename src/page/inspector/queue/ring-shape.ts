/** The indices that are drawn on the rings. */
export type PointerName =
  | 'availableIndex'
  | 'doorbell'
  | 'taken'
  | 'returned'
  | 'usedIndex'
  | 'usedEvent'
  | 'availEvent';

/** A part of the drawing that can be pointed at. */
export type Part =
  | { kind: 'available' | 'used' | 'descriptor'; index: number }
  | { kind: 'pointer'; pointer: PointerName };

/** From and to, in pixels from the centre. */
export interface Band {
  inner: number;
  outer: number;
}

/** Where the bands lie, in parts of the radius: the available ring, what is between, the used ring. */
const BANDS = {
  outside: { inner: 0.885, outer: 1 },
  available: { inner: 0.765, outer: 0.875 },
  between: { inner: 0.655, outer: 0.755 },
  used: { inner: 0.535, outer: 0.645 },
  inside: { inner: 0.455, outer: 0.525 },
} as const;
/** Half of the diagonal of the box in the middle. */
const BOX_REACH = 0.45;
const MARGIN = 2;
const TURN = 2 * Math.PI;

/** Distances from the tip of a pointer within which it is meant, in pixels. */
const POINTER_REACH = 10;
/** Pixels that the doorbell takes outside of its tip. */
const DOORBELL_HEIGHT = 9;

/**
 * Where everything of a queue lies in a square: two rings, one inside the other, each beginning at the top and
 * running clockwise, and a box of descriptors in the middle. A slot has the same direction in both rings,
 * so that what lies between two indices can be compared.
 */
export class RingShape {
  /** Pixels of a side of the square. */
  readonly size: number;
  readonly slots: number;
  readonly centre: number;
  readonly outside: Band;
  readonly available: Band;
  readonly between: Band;
  readonly used: Band;
  readonly inside: Band;
  /** The descriptors: so many columns and rows of squares. */
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  readonly boxLeft: number;
  readonly boxTop: number;

  /** @param slots a power of two, at least 1 */
  constructor(size: number, slots: number) {
    this.size = size;
    this.slots = slots;
    this.centre = size / 2;
    const radius = size / 2 - MARGIN;
    const band = ({ inner, outer }: Band) => ({ inner: inner * radius, outer: outer * radius });
    this.outside = band(BANDS.outside);
    this.available = band(BANDS.available);
    this.between = band(BANDS.between);
    this.used = band(BANDS.used);
    this.inside = band(BANDS.inside);
    this.columns = 2 ** Math.ceil(Math.log2(slots) / 2);
    this.rows = slots / this.columns;
    const side = BOX_REACH * Math.SQRT2 * radius;
    this.cell = side / this.columns;
    this.boxLeft = this.centre - side / 2;
    this.boxTop = this.centre - (this.rows * this.cell) / 2;
  }

  /** Radians, 0 at the right and growing clockwise, at which slot `position` begins; parts of slots as well. */
  angle(position: number): number {
    return ((position % this.slots) / this.slots) * TURN - TURN / 4;
  }

  /** Pixels that a slot has in the middle of a band. */
  slotLength({ inner, outer }: Band): number {
    return (TURN * (inner + outer)) / 2 / this.slots;
  }

  /** The point at `radius` in the direction of `position`. */
  point(position: number, radius: number): { x: number; y: number } {
    const angle = this.angle(position);
    return {
      x: this.centre + Math.cos(angle) * radius,
      y: this.centre + Math.sin(angle) * radius,
    };
  }

  /** The middle of the square of a descriptor. */
  cellCentre(descriptor: number): { x: number; y: number } {
    return {
      x: this.boxLeft + ((descriptor % this.columns) + 0.5) * this.cell,
      y: this.boxTop + (Math.floor(descriptor / this.columns) + 0.5) * this.cell,
    };
  }

  /** What lies at a point. @param pointers where the indices are, in slots */
  find(x: number, y: number, pointers: ReadonlyMap<PointerName, number>): Part | null {
    const pointer = this.#findPointer(x, y, pointers);
    if (pointer !== null) return { kind: 'pointer', pointer };
    const descriptor = this.#findDescriptor(x, y);
    if (descriptor !== null) return { kind: 'descriptor', index: descriptor };
    const radius = Math.hypot(x - this.centre, y - this.centre);
    const index = this.#slotAt(x, y);
    if (isIn(this.available, radius)) return { kind: 'available', index };
    if (isIn(this.used, radius)) return { kind: 'used', index };
    return null;
  }

  /** Where a pointer is to be grabbed. */
  pointerPoint(pointer: PointerName, position: number): { x: number; y: number } {
    return this.point(position, middle(this.#pointerBand(pointer)));
  }

  /** How far from the centre the tip of a pointer is. */
  tipRadius(pointer: PointerName): number {
    const { available, used, outside } = this;
    switch (pointer) {
      case 'availableIndex':
        return available.outer + 1.5;
      case 'doorbell':
        return outside.outer - DOORBELL_HEIGHT;
      case 'availEvent':
        return middle(available);
      case 'taken':
        return available.inner - 1;
      case 'returned':
        return used.outer + 1;
      case 'usedEvent':
        return middle(used);
      default:
        return used.inner - 1.5;
    }
  }

  #pointerBand(pointer: PointerName): Band {
    const { outside, between, inside } = this;
    const half = (band: Band, outer: boolean) =>
      outer
        ? { inner: middle(band), outer: band.outer }
        : { inner: band.inner, outer: middle(band) };
    switch (pointer) {
      case 'doorbell':
        return half(outside, true);
      case 'availableIndex':
        return half(outside, false);
      case 'availEvent':
        return this.available;
      case 'usedEvent':
        return this.used;
      case 'taken':
        return half(between, true);
      case 'returned':
        return half(between, false);
      default:
        return inside;
    }
  }

  #findPointer(x: number, y: number, pointers: ReadonlyMap<PointerName, number>) {
    let nearest: PointerName | null = null;
    let reach = POINTER_REACH;
    for (const [pointer, position] of pointers) {
      const at = this.pointerPoint(pointer, position);
      const away = Math.hypot(x - at.x, y - at.y);
      if (away >= reach) continue;
      nearest = pointer;
      reach = away;
    }
    return nearest;
  }

  #findDescriptor(x: number, y: number): number | null {
    const column = Math.floor((x - this.boxLeft) / this.cell);
    const row = Math.floor((y - this.boxTop) / this.cell);
    const inside = column >= 0 && column < this.columns && row >= 0 && row < this.rows;
    return inside ? row * this.columns + column : null;
  }

  #slotAt(x: number, y: number): number {
    const angle = Math.atan2(y - this.centre, x - this.centre) + TURN / 4;
    const turns = (angle / TURN + 1) % 1;
    return Math.min(this.slots - 1, Math.floor(turns * this.slots));
  }
}

function middle({ inner, outer }: Band): number {
  return (inner + outer) / 2;
}

function isIn({ inner, outer }: Band, radius: number): boolean {
  return radius >= inner && radius <= outer;
}

/** Whether two parts are the same. */
export function samePart(one: Part | null, other: Part | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind === 'pointer' || other.kind === 'pointer') {
    return one.kind === 'pointer' && other.kind === 'pointer' && one.pointer === other.pointer;
  }
  return one.kind === other.kind && one.index === other.index;
}
