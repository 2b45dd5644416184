import type { PointerName } from './ring-shape.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Whose word it is: that is its colour. */
export type Side = 'driver' | 'device';

export interface Glyph {
  /** Path around its tip at 0,0; up is away from the centre of the rings. */
  path: string;
  side: Side;
  /** Where it is above its tip it points down to it, to the centre. */
  filled: boolean;
}

const INWARD = 'M0 0L-5 -8.5H5Z';
const OUTWARD = 'M0 0L-5 8.5H5Z';

/** Each index has a shape of its own, so that colour alone tells nothing. */
export const POINTER_GLYPHS: Readonly<Record<PointerName, Glyph>> = {
  availableIndex: { path: INWARD, side: 'driver', filled: true },
  doorbell: {
    path: 'M-4.2 -2.6H4.2L3.2 -4V-6.2A3.2 3.2 0 0 0 -3.2 -6.2V-4ZM-1.3 -1.6A1.3 1.3 0 0 0 1.3 -1.6Z',
    side: 'driver',
    filled: true,
  },
  taken: { path: OUTWARD, side: 'device', filled: true },
  returned: { path: INWARD, side: 'device', filled: false },
  usedIndex: { path: OUTWARD, side: 'device', filled: true },
  usedEvent: { path: 'M-1 -8H1V8H-1ZM1 -8L6 -5.2L1 -2.4Z', side: 'driver', filled: true },
  availEvent: { path: 'M-1 -8H1V8H-1ZM1 -8L6 -5.2L1 -2.4Z', side: 'device', filled: true },
};

/** The glyph as a small picture beside its name. */
export function createGlyph(pointer: PointerName): SVGElement {
  const { path, side, filled } = POINTER_GLYPHS[pointer];
  const above = path === INWARD || pointer === 'doorbell';
  const top = pointer === 'usedEvent' || pointer === 'availEvent' ? -9 : above ? -10 : -1.5;
  return createPicture(`-8 ${top} 16 ${top === -9 ? 18 : 12}`, path, side, filled);
}

/** How a slot of a stage is filled, as a small picture. @param part of its height, from the outside */
export function createBar(side: Side, part: number, inner: boolean): SVGElement {
  const height = 12 * part;
  const top = inner ? 12 - height : 0;
  return createPicture('-6 -1 12 14', `M-2.5 ${top}H2.5V${top + height}H-2.5Z`, side, true);
}

function createPicture(viewBox: string, path: string, side: Side, filled: boolean): SVGElement {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'glyph');
  picture.setAttribute('viewBox', viewBox);
  picture.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  shape.setAttribute('class', filled ? 'glyph-filled' : 'glyph-hollow');
  picture.dataset.side = side;
  picture.append(shape);
  return picture;
}
