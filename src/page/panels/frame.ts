import { create, createButton, withCode } from '../elements.ts';
import { describeFailure } from '../failure.ts';
import { RELOAD } from '../notices.ts';
import type { PageServices } from '../page-services.ts';
import type { Place, PlacedPanel } from './arrangement.ts';
import { createIcon } from './icons.ts';
import type { PanelContent, PanelDescription, PanelFrame, PanelTarget } from './panel.ts';
import { Splitter } from './splitter.ts';

export interface FrameEvents {
  close(): void;
  move(place: Place): void;
  resize(size: number | undefined): void;
  resized(): void;
}

/** What the button says that moves a panel there. */
const MOVES: Readonly<Record<Place, string>> = {
  start: 'Move before the terminal',
  end: 'Move beside the terminal',
  below: 'Move below the terminal',
};

/** The frame of a panel: its head, the edge to the terminal, and what is in it once it was loaded. */
export class Frame implements PanelFrame {
  readonly element = create('aside', 'panel');
  readonly content = create('div', 'panel-content');
  readonly #description: PanelDescription;
  readonly #button: HTMLButtonElement;
  readonly #title: HTMLElement;
  readonly #move: HTMLButtonElement | null;
  /** Leads back to a panel that had no room beside this one. */
  readonly #back: HTMLButtonElement;
  #goBack = () => {};
  readonly #splitter: Splitter;
  #place: Place;
  #lastFocus: HTMLElement | null = null;
  #filling: Promise<PanelContent> | null = null;
  #filled: PanelContent | null = null;

  /** @param button what opens it, in the bar; its label is the panel's title */
  constructor(description: PanelDescription, button: HTMLButtonElement, events: FrameEvents) {
    this.#description = description;
    this.#button = button;
    const { id, places } = description;
    this.#place = places[0];
    const title = button.textContent.trim();
    this.#splitter = new Splitter(title, { resize: events.resize, done: events.resized });
    this.#title = create('h2', 'panel-title', title);
    this.#title.id = `${id}-panel-title`;
    this.#title.tabIndex = -1;
    this.#move =
      places.length > 1 ? createHeadButton('', () => events.move(this.#otherPlace)) : null;
    this.#back = createButton('', 'button button-small', () => this.#goBack());
    this.#back.hidden = true;
    const close = createHeadButton('Close the panel', events.close);
    close.append(createIcon('close'));
    const head = create(
      'header',
      'panel-head',
      this.#title,
      this.#back,
      ...(this.#move ? [this.#move] : []),
      close,
    );
    this.element.id = `${id}-panel`;
    this.element.hidden = true;
    this.element.setAttribute('aria-labelledby', this.#title.id);
    this.element.append(this.#splitter.element, head, this.content);
    this.element.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLElement) this.#lastFocus = target;
    });
    button.setAttribute('aria-controls', this.element.id);
  }

  get title(): string {
    return this.#title.textContent ?? '';
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  get #otherPlace(): Place {
    const { places } = this.#description;
    return places[(places.indexOf(this.#place) + 1) % places.length];
  }

  show(panel: PlacedPanel, page: PageServices | null): void {
    const { dataset, style } = this.element;
    const wasShown = this.isShown;
    dataset.place = panel.place;
    dataset.covers = `${panel.covers}`;
    style.setProperty('--panel-size', `${panel.size}rem`);
    this.#splitter.show(panel);
    this.#showMove(panel);
    this.element.hidden = false;
    this.#button.ariaExpanded = 'true';
    if (page !== null) this.#fill(page);
    if (!wasShown) this.#filled?.shown?.();
  }

  hide(): void {
    if (!this.isShown) return;
    this.#filled?.hidden?.();
    // Asked before: what is hidden has no focus.
    const { hasFocus } = this;
    this.element.hidden = true;
    this.#back.hidden = true;
    this.#button.ariaExpanded = 'false';
    if (hasFocus) this.#button.focus();
  }

  /** Another panel has opened this one, and had no room beside it. Until it is hidden. */
  offerWayBack(title: string, goBack: () => void): void {
    this.#back.textContent = `Back to ${title}`;
    this.#goBack = goBack;
    this.#back.hidden = false;
  }

  focusTitle(): void {
    this.#title.focus();
  }

  /** Something of its content is to be seen, as soon as that is there. */
  aim(target: PanelTarget): void {
    // What keeps it from being there is told elsewhere.
    this.#filling?.then(
      (content) => content.aim?.(target),
      () => {},
    );
  }

  mark(words: string): void {
    this.#button.classList.toggle('button-marked', words !== '');
    // Its name stays; this is heard after it.
    this.#button.title = words;
  }

  /** Brings the keyboard back to where it was in the panel. */
  focus(): void {
    const last = this.#lastFocus;
    const isThere = last !== null && this.element.contains(last) && last.checkVisibility();
    (isThere ? last : this.#title).focus();
  }

  /** The button stays while the panel moves: it keeps the focus. */
  #showMove({ place, free }: PlacedPanel): void {
    this.#place = place;
    if (this.#move === null) return;
    this.#move.hidden = !free;
    if (!free) return;
    const label = MOVES[this.#otherPlace];
    this.#move.ariaLabel = label;
    this.#move.title = label;
    this.#move.replaceChildren(createIcon(`place-${this.#otherPlace}`));
  }

  #fill(page: PageServices): void {
    if (this.#filling !== null) return;
    this.content.replaceChildren(create('p', 'panel-wait', 'Opening'));
    this.#filling = this.#load(page);
    this.#filling.then(
      (content) => {
        this.#filled = content;
        if (this.isShown) content.shown?.();
      },
      (reason: unknown) => this.#showFailure(reason),
    );
  }

  async #load(page: PageServices): Promise<PanelContent> {
    const { fillPanel } = await this.#description.load();
    this.content.replaceChildren();
    return fillPanel(this, page);
  }

  #showFailure(reason: unknown): void {
    console.error(reason);
    const { message, remedy } = describeFailure(reason);
    const text = create('p', '', `This panel could not be opened. ${message}`);
    text.setAttribute('role', 'alert');
    const way = create('p', 'panel-text', ...withCode(remedy));
    const reload = createButton(RELOAD.label, 'button', RELOAD.run);
    this.content.replaceChildren(create('div', 'panel-body', text, way, create('p', '', reload)));
  }
}

function createHeadButton(label: string, onClick: () => void): HTMLButtonElement {
  const button = createButton('', 'button button-plain', onClick);
  button.ariaLabel = label;
  button.title = label;
  return button;
}
