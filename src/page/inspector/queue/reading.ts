import { create, setText } from '../../elements.ts';
import { type Explained, explain } from '../explanation.ts';
import type { TermName } from '../glossary.ts';

/** A value with its name: a button, so that whoever cannot point reaches its explanation as well. */
export class Reading {
  readonly element = create('button', 'reading');
  readonly #value = create('span', 'reading-value');
  readonly #more = create('span', 'reading-more');

  constructor(
    picture: SVGElement | null,
    name: string,
    explained: TermName | (() => Explained | null),
  ) {
    this.element.type = 'button';
    const label = create('span', 'reading-name', name);
    this.element.append(
      picture ?? create('span', 'glyph'),
      label,
      ' ',
      this.#value,
      ' ',
      this.#more,
    );
    explain(this.element, explained);
  }

  /** @param more about it, in few words */
  show(value: string, more = ''): void {
    setText(this.#value, value);
    setText(this.#more, more);
  }
}
