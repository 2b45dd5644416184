import { create, setText } from '../../elements.ts';
import { type Explained, explain } from '../explanation.ts';
import type { TermName } from '../glossary.ts';

/** A bit: its name, and whether it is set; a button, so that whoever cannot point reaches its explanation. */
export class Lamp {
  readonly element = create('button', 'lamp');
  readonly #state = create('span', 'visually-hidden');
  readonly #more = create('span', 'lamp-more');
  #lit: boolean | null = null;

  constructor(name: string, explained: TermName | (() => Explained | null)) {
    this.element.type = 'button';
    const light = create('span', 'lamp-light');
    light.ariaHidden = 'true';
    this.element.append(light, create('span', 'lamp-name', name), ' ', this.#more, this.#state);
    explain(this.element, explained);
    this.show(false);
  }

  show(lit: boolean, more = ''): void {
    setText(this.#more, more);
    if (lit === this.#lit) return;
    this.#lit = lit;
    this.element.dataset.lit = `${lit}`;
    setText(this.#state, lit ? ', set' : ', not set');
  }
}
