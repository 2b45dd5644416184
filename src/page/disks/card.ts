import { create, createButton, setText, withCode } from '../elements.ts';
import { describeFailure } from '../failure.ts';
import type { CardForm } from './card-form.ts';

/** One of the facts about a disk: a name for it, and a value that changes in place. */
class Fact {
  readonly element: HTMLElement;
  readonly #value = create('dd', 'fact-value');

  constructor(name: string) {
    this.element = create('div', 'fact', create('dt', 'fact-name', name), this.#value);
  }

  show(text: string): void {
    setText(this.#value, text);
  }
}

/** A disk in the panel: its name, facts about it, what can be done with it, and what went wrong. */
export class Card {
  readonly element: HTMLLIElement;
  /** What the accessible names of the buttons end with. */
  readonly #subject: string;
  readonly #title = create('span', 'disk-card-title');
  readonly #tag = create('span', 'tag');
  readonly #facts = create('dl', 'facts');
  readonly #note = create('p', 'disk-card-note');
  readonly #actions = create('div', 'disk-card-actions');
  readonly #problem = create('p', 'field-problem');
  #noted = '';
  readonly #busy = new Set<HTMLButtonElement>();
  #open: { form: CardForm; opener: HTMLButtonElement } | null = null;

  constructor(subject: string, guestName: string | null) {
    this.#subject = subject;
    const guest = guestName === null ? [] : [create('code', 'disk-card-guest', guestName)];
    const head = create('p', 'disk-card-head', ...guest, this.#title, this.#tag);
    this.#problem.setAttribute('role', 'alert');
    this.#note.hidden = true;
    const parts = [head, this.#facts, this.#note, this.#actions, this.#problem];
    this.element = create('li', 'disk-card', ...parts);
  }

  /** @param tag a word or two about the whole; empty for none */
  showTitle(title: string, tag: string): void {
    setText(this.#title, title);
    this.#title.title = title;
    setText(this.#tag, tag);
    this.#tag.hidden = tag === '';
  }

  /** A sentence below the facts, with code between backquotes; empty for none. */
  showNote(note: string): void {
    if (note === this.#noted) return;
    this.#noted = note;
    this.#note.replaceChildren(...withCode(note));
    this.#note.hidden = note === '';
  }

  /** @returns what shows its value */
  addFact(name: string): (text: string) => void {
    const fact = new Fact(name);
    this.#facts.append(fact.element);
    return (text) => fact.show(text);
  }

  /** @param run what a press does; while it goes on, further presses do nothing */
  addAction(label: string, run: () => void | Promise<void>): HTMLButtonElement {
    const button = createButton(label, 'button button-small', () => this.#attempt(button, run));
    button.setAttribute('aria-label', `${label} ${this.#subject}`);
    this.#actions.append(button);
    return button;
  }

  /** An action that first asks for something, in a form below the actions. */
  addForm(label: string, form: CardForm): HTMLButtonElement {
    const opener = this.addAction(label, () => this.#toggle(form, opener));
    opener.setAttribute('aria-expanded', 'false');
    form.onClose = () => this.#close();
    form.onSubmit = (submit) => this.#attempt(opener, submit);
    return opener;
  }

  #toggle(form: CardForm, opener: HTMLButtonElement): void {
    const wasOpen = this.#open?.form === form;
    this.#close();
    if (wasOpen) return;
    this.#open = { form, opener };
    opener.setAttribute('aria-expanded', 'true');
    this.#actions.after(form.element);
    form.open();
  }

  #close(): void {
    if (this.#open === null) return;
    const { form, opener } = this.#open;
    this.#open = null;
    opener.setAttribute('aria-expanded', 'false');
    // Before the form goes, and the focus with it.
    if (form.element.contains(document.activeElement)) opener.focus();
    form.element.remove();
  }

  async #attempt(button: HTMLButtonElement, run: () => void | Promise<void>): Promise<void> {
    if (this.#busy.has(button) || button.ariaDisabled === 'true') return;
    this.#busy.add(button);
    this.#problem.textContent = '';
    try {
      await run();
    } catch (reason) {
      const { message, remedy } = describeFailure(reason);
      this.#problem.textContent = `${message} ${remedy}`;
    } finally {
      this.#busy.delete(button);
    }
  }
}
