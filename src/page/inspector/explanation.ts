import { create } from '../elements.ts';
import { GLOSSARY, sectionTitle, type Term, type TermName } from './glossary.ts';

/** What is told of a part that somebody points at. */
export interface Explained {
  term: Term;
  /** What is so about it at this moment; empty for nothing. */
  now: string;
}

type Source = () => Explained | null;

const ID = 'inspector-explanation';
const sources = new WeakMap<Element, Source>();

/** Whoever points at the element, or brings the keyboard there, is told what it is. */
export function explain(element: Element, source: TermName | Source): void {
  const known = typeof source === 'string' ? { term: GLOSSARY[source], now: '' } : null;
  sources.set(element, typeof source === 'string' ? () => known : source);
  element.setAttribute('aria-describedby', ID);
}

/** A term for something that the machine itself can name: a feature, a status bit, a field. */
export function termOf(part: { name: string; section: string; meaning?: string }): Term {
  const { name, section, meaning = '' } = part;
  return { name, meaning, clause: section === '' ? null : { section, text: '' } };
}

/** The place at the foot of the panel that says what something is, and where the specification defines it. */
export class Explanation {
  readonly element: HTMLElement;
  readonly #name = create('strong', 'explanation-name');
  readonly #now = create('span', 'explanation-now');
  readonly #meaning = create('span', 'explanation-meaning');
  readonly #section = create('cite', 'explanation-section');
  readonly #text = create('q', 'explanation-text');
  readonly #clause: HTMLElement;
  #shown: Explained | null = null;

  /** @param within where elements that are explained lie */
  constructor(within: HTMLElement) {
    const head = create('p', 'explanation-head', this.#name, ' ', this.#now);
    const meaning = create('p', '', this.#meaning);
    this.#clause = create('p', 'explanation-clause', this.#section, ' ', this.#text);
    this.element = create('div', 'explanation', head, meaning, this.#clause);
    this.element.id = ID;
    this.element.setAttribute('role', 'note');
    // What is longer than its place can be scrolled by keyboard.
    this.element.tabIndex = 0;
    this.element.ariaLabel = 'What this is';
    for (const event of ['pointerover', 'focusin']) {
      within.addEventListener(event, ({ target }) => this.#look(target));
    }
    this.show({ term: GLOSSARY.virtqueue, now: '' });
  }

  show(explained: Explained): void {
    if (same(explained, this.#shown)) return;
    this.#shown = explained;
    const { term, now } = explained;
    const { name, meaning, clause } = term;
    this.#name.textContent = name;
    this.#now.textContent = now;
    this.#meaning.textContent = meaning;
    this.#section.textContent =
      clause === null ? 'Ringbox’s own word' : sectionWords(clause.section);
    this.#text.textContent = clause?.text ?? '';
    this.#text.hidden = !clause?.text;
    this.element.scrollTop = 0;
  }

  #look(target: EventTarget | null): void {
    let element = target instanceof Element ? target : null;
    while (element !== null && !sources.has(element)) element = element.parentElement;
    const explained = element && sources.get(element)?.();
    if (explained) this.show(explained);
  }
}

function sectionWords(section: string): string {
  return `VIRTIO 1.4, ${section} ${sectionTitle(section)}`.trim();
}

function same(one: Explained, other: Explained | null): boolean {
  return one.term === other?.term && one.now === other.now;
}
