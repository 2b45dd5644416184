import type { Inspector } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { Table, type TableContent } from '../table.ts';
import type { Piece } from './chain-layout.ts';
import { hexColumn, hexLine } from './hex.ts';

/** Bytes in a line, where there is room and where there is little. */
const WIDE = 16;
const NARROW = 8;
/** From this width on there is room for WIDE, in pixels. */
const WIDE_ROOM = 500;

/** Bytes of guest memory, as they are. */
export class HexView implements TableContent {
  readonly element: HTMLElement;
  readonly #table: Table;
  #inspector: Pick<Inspector, 'bytes'> | null = null;
  #address = 0;
  #length = 0;
  #marked: readonly Piece[] = [];
  #width = WIDE;

  constructor() {
    this.#table = new Table('inspector-bytes', 'Bytes of the buffer', [
      { title: 'Offset', width: '4.5em' },
      { title: 'Bytes', width: 'calc(var(--hex-digits) * 1ch)', className: 'hex-bytes' },
      { title: 'Text', width: '1fr', className: 'hex-text' },
    ]);
    this.element = create('div', 'hex', this.#table.element);
    new ResizeObserver(() => {
      this.#width = this.element.clientWidth >= WIDE_ROOM ? WIDE : NARROW;
      this.element.style.setProperty('--hex-digits', `${hexColumn(this.#width, this.#width)}`);
      this.#table.show(this);
    }).observe(this.element);
  }

  get count(): number {
    return Math.ceil(this.#length / this.#width);
  }

  /** @param marked bytes of the buffer that are to stand out */
  show(
    inspector: Pick<Inspector, 'bytes'>,
    address: number,
    length: number,
    marked: readonly Piece[],
  ): void {
    if (address !== this.#address || length !== this.#length) this.#table.scrollToTop();
    this.#inspector = inspector;
    this.#address = address;
    this.#length = length;
    this.#marked = marked;
    this.#table.show(this);
  }

  fill(row: number, [offset, bytes, text]: readonly HTMLElement[]): void {
    const from = row * this.#width;
    const length = Math.min(this.#width, this.#length - from);
    const line = hexLine(
      this.#inspector?.bytes(this.#address + from, length) ?? new Uint8Array(0),
      this.#width,
    );
    write(offset, from.toString(16).padStart(4, '0'));
    this.#fillBytes(bytes, from, line.hex);
    write(text, line.text);
  }

  #fillBytes(cell: HTMLElement, from: number, hex: string): void {
    const piece = this.#marked.find(({ offset, length }) => {
      return offset < from + this.#width && offset + length > from;
    });
    if (piece === undefined) {
      write(cell, hex);
      return;
    }
    const first = Math.max(0, piece.offset - from);
    const last = Math.min(this.#width, piece.offset + piece.length - from) - 1;
    const begin = hexColumn(first, this.#width);
    const end = hexColumn(last, this.#width) + 2;
    const mark = create('mark', 'hex-mark', hex.slice(begin, end));
    cell.replaceChildren(hex.slice(0, begin), mark, hex.slice(end));
  }
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text || element.childElementCount > 0) element.textContent = text;
}
