import { create } from '../elements.ts';
import type { Place, PlacedPanel } from './arrangement.ts';

/** Of one press of an arrow key, in rem; with Shift so many times as much. */
const STEP = 1;
const LARGE_STEPS = 5;

/** What makes a panel larger where it is: to the right, to the left, up. */
const DIRECTIONS: Readonly<Record<Place, { axis: 'x' | 'y'; sign: 1 | -1 }>> = {
  start: { axis: 'x', sign: 1 },
  end: { axis: 'x', sign: -1 },
  below: { axis: 'y', sign: -1 },
};

const ARROWS: Readonly<Record<string, { axis: 'x' | 'y'; sign: 1 | -1 }>> = {
  ArrowLeft: { axis: 'x', sign: -1 },
  ArrowRight: { axis: 'x', sign: 1 },
  ArrowUp: { axis: 'y', sign: -1 },
  ArrowDown: { axis: 'y', sign: 1 },
};

export interface SplitterEvents {
  /** @param size in rem; undefined for what the panel had in the beginning */
  resize(size: number | undefined): void;
  /** The visitor has let go. */
  done(): void;
}

function pixelsOfRem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** The edge between a panel and the terminal, which can be moved by mouse, finger and keyboard. */
export class Splitter {
  readonly element = create('div', 'splitter');
  readonly #title: string;
  readonly #events: SplitterEvents;
  #panel: PlacedPanel | null = null;

  constructor(title: string, events: SplitterEvents) {
    this.#title = title;
    this.#events = events;
    this.element.setAttribute('role', 'separator');
    this.element.tabIndex = 0;
    this.element.addEventListener('pointerdown', (event) => this.#drag(event));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('dblclick', () => this.#change(undefined));
  }

  show(panel: PlacedPanel): void {
    this.#panel = panel;
    const { element } = this;
    const beside = panel.place !== 'below';
    const pixels = pixelsOfRem();
    element.hidden = panel.covers;
    element.ariaOrientation = beside ? 'vertical' : 'horizontal';
    element.ariaLabel = `${beside ? 'Width' : 'Height'} of the panel ${this.#title}`;
    element.ariaValueMin = `${Math.round(panel.least * pixels)}`;
    element.ariaValueMax = `${Math.round(panel.most * pixels)}`;
    element.ariaValueNow = `${Math.round(panel.size * pixels)}`;
    element.ariaValueText = `${element.ariaValueNow} pixels`;
  }

  #change(size: number | undefined): void {
    this.#events.resize(size);
    this.#events.done();
  }

  #drag(down: PointerEvent): void {
    const panel = this.#panel;
    if (panel === null || down.button !== 0) return;
    // The focus stays where it is: in the terminal, an on-screen keyboard would go otherwise.
    down.preventDefault();
    const { axis, sign } = DIRECTIONS[panel.place];
    const pixels = pixelsOfRem();
    const ended = new AbortController();
    const { signal } = ended;
    const end = () => {
      ended.abort();
      this.#events.done();
    };
    this.element.setPointerCapture(down.pointerId);
    this.element.addEventListener(
      'pointermove',
      (move) => {
        const way = (move[axis] - down[axis]) * sign;
        this.#resize(panel, panel.size + way / pixels);
      },
      { signal },
    );
    this.element.addEventListener('pointerup', end, { signal });
    this.element.addEventListener('pointercancel', end, { signal });
  }

  #resize({ least, most }: PlacedPanel, size: number): void {
    this.#events.resize(Math.min(most, Math.max(least, size)));
  }

  #onKey(event: KeyboardEvent): void {
    const panel = this.#panel;
    if (panel === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const size = this.#sizeAfter(event, panel);
    if (size === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    if (size !== undefined) this.#resize(panel, size);
    else this.#events.resize(undefined);
    this.#events.done();
  }

  #sizeAfter({ key, shiftKey }: KeyboardEvent, panel: PlacedPanel): number | undefined {
    if (key === 'Home') return panel.least;
    if (key === 'End') return panel.most;
    const { axis, sign } = DIRECTIONS[panel.place];
    const arrow = ARROWS[key];
    if (arrow?.axis !== axis) return undefined;
    return panel.size + arrow.sign * sign * STEP * (shiftKey ? LARGE_STEPS : 1);
  }
}
