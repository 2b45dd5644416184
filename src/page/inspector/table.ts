import { create } from '../elements.ts';

export interface Column {
  title: string;
  /** Its width in the grid of a row, as CSS has it. */
  width: string;
  className?: string;
}

/** What fills the rows of a table. */
export interface TableContent {
  readonly count: number;
  /** Writes the cells of a row. @param cells one for each column */
  fill(row: number, cells: readonly HTMLElement[], element: HTMLElement): void;
}

export interface TableEvents {
  /** A row was clicked, or Enter pressed on it. */
  choose?(row: number): void;
  /** A row is pointed at, or the keyboard is there; null for none. */
  point?(row: number | null): void;
}

/** Rows that are made beyond those that can be seen. */
const SPARE = 2;

/**
 * A table of which only the rows exist that can be seen: as long as a queue can be, it costs the same. By keyboard the
 * arrows go through it, and Enter chooses.
 */
export class Table {
  readonly element: HTMLElement;
  readonly #head = create('div', 'table-head');
  readonly #space = create('div', 'table-space');
  readonly #columns: readonly Column[];
  readonly #events: TableEvents;
  readonly #rows: TableRow[] = [];
  #content: TableContent = { count: 0, fill: () => {} };
  #rowHeight = 0;
  /** What the head leaves of it, in pixels; 0 while that is not known. */
  #knownHeight = 0;
  #active = -1;
  #chosen = -1;

  /** @param id unique in the page: rows have ids after it */
  constructor(id: string, label: string, columns: readonly Column[], events: TableEvents = {}) {
    this.#columns = columns;
    this.#events = events;
    this.#head.setAttribute('role', 'row');
    this.#head.ariaRowIndex = '1';
    for (const { title, className = '' } of columns) {
      const cell = create('span', `table-cell ${className}`, title);
      cell.setAttribute('role', 'columnheader');
      this.#head.append(cell);
    }
    this.#space.setAttribute('role', 'rowgroup');
    this.element = create('div', 'table', this.#head, this.#space);
    this.element.id = id;
    this.element.setAttribute('role', 'grid');
    this.element.ariaLabel = label;
    this.element.tabIndex = 0;
    this.element.style.setProperty('--columns', columns.map(({ width }) => width).join(' '));
    this.#listen();
  }

  get chosen(): number {
    return this.#chosen;
  }

  /** Shows other content, or what has become of it. */
  show(content: TableContent): void {
    this.#content = content;
    const rows = `${content.count + 1}`;
    if (this.element.ariaRowCount !== rows) this.element.ariaRowCount = rows;
    if (this.#active >= content.count) this.#activate(-1);
    this.refresh();
  }

  /** Marks the row that is chosen; -1 for none. */
  markChosen(row: number): void {
    this.#chosen = row;
  }

  /** Brings a row into sight. */
  reveal(row: number): void {
    this.#rowHeight ||= this.#measure();
    const top = row * this.#rowHeight;
    const { scrollTop } = this.element;
    const height = this.#visibleHeight;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + height) {
      this.element.scrollTop = top + this.#rowHeight - height;
    }
  }

  scrollToTop(): void {
    this.element.scrollTop = 0;
  }

  /** Writes the rows that can be seen anew; what is the same stays untouched. */
  refresh(): void {
    const height = this.#visibleHeight;
    if (height <= 0) return;
    this.#rowHeight ||= this.#measure();
    const whole = `${this.#content.count * this.#rowHeight}px`;
    if (this.#space.style.height !== whole) this.#space.style.height = whole;
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.#rowHeight));
    const wanted = Math.ceil(height / this.#rowHeight) + SPARE;
    while (this.#rows.length < wanted) this.#addRow();
    for (const [offset, row] of this.#rows.entries()) {
      const index = first + offset;
      row.element.hidden = index >= this.#content.count;
      if (row.element.hidden) continue;
      row.place(index, index * this.#rowHeight, this.element.id);
      row.mark(index === this.#active, index === this.#chosen);
      this.#content.fill(index, row.cells, row.element);
    }
  }

  /** Asked for in each frame: a layout for each would be dear. */
  get #visibleHeight(): number {
    this.#knownHeight ||= Math.max(0, this.element.clientHeight - this.#head.offsetHeight);
    return this.#knownHeight;
  }

  #measure(): number {
    if (this.#rows.length === 0) this.#addRow();
    return this.#rows[0].element.offsetHeight || 20;
  }

  #addRow(): void {
    const row = new TableRow(this.#columns);
    this.#rows.push(row);
    this.#space.append(row.element);
  }

  #listen(): void {
    this.element.addEventListener('scroll', () => this.refresh(), { passive: true });
    new ResizeObserver(() => {
      this.#knownHeight = 0;
      this.#rowHeight = 0;
      this.refresh();
    }).observe(this.element);
    this.#space.addEventListener('click', ({ target }) => {
      const row = this.#rowOf(target);
      if (row === null) return;
      this.#activate(row);
      this.#events.choose?.(row);
    });
    this.#space.addEventListener('pointerover', ({ target }) => {
      this.#events.point?.(this.#rowOf(target));
    });
    this.#space.addEventListener('pointerleave', () => this.#events.point?.(null));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('blur', () => this.#activate(-1));
  }

  #rowOf(target: EventTarget | null): number | null {
    const element = target instanceof Element ? target.closest('.table-row') : null;
    const row = this.#rows.find((candidate) => candidate.element === element);
    return row === undefined ? null : row.index;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { count } = this.#content;
    const page = Math.max(1, Math.floor(this.#visibleHeight / (this.#rowHeight || 20)) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -count,
      End: count,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      if (this.#active === -1) return;
      event.preventDefault();
      this.#events.choose?.(this.#active);
      return;
    }
    const step = steps[event.key];
    if (step === undefined || count === 0) return;
    event.preventDefault();
    const from = this.#active === -1 ? Math.max(this.#chosen, 0) - Math.sign(step) : this.#active;
    const row = Math.min(count - 1, Math.max(0, from + step));
    this.reveal(row);
    this.#activate(row);
    this.#events.point?.(row);
  }

  #activate(row: number): void {
    this.#active = row;
    this.refresh();
    const active = this.#rows.find((candidate) => candidate.index === row);
    if (row === -1 || active === undefined) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', active.element.id);
  }
}

class TableRow {
  readonly element = create('div', 'table-row');
  readonly cells: readonly HTMLElement[];
  index = -1;

  constructor(columns: readonly Column[]) {
    this.element.setAttribute('role', 'row');
    this.cells = columns.map(({ className = '' }) => {
      const cell = create('span', `table-cell ${className}`);
      cell.setAttribute('role', 'gridcell');
      return cell;
    });
    this.element.append(...this.cells);
  }

  place(index: number, top: number, id: string): void {
    if (index === this.index) return;
    this.index = index;
    this.element.id = `${id}-${index}`;
    // The head is the first.
    this.element.ariaRowIndex = `${index + 2}`;
    this.element.style.transform = `translateY(${top}px)`;
  }

  mark(active: boolean, chosen: boolean): void {
    this.element.classList.toggle('table-row-active', active);
    const selected = `${chosen}`;
    if (this.element.ariaSelected !== selected) this.element.ariaSelected = selected;
  }
}
