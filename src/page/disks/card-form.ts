import { create, createButton } from '../elements.ts';

/** A small form in a card: what an action needs to know. */
export abstract class CardForm {
  readonly element: HTMLFormElement;
  /** Set by the card: the form is to be put away. */
  onClose: () => void = () => {};
  /** Set by the card: runs what was asked for, and tells of its failure. */
  onSubmit: (submit: () => Promise<void>) => void = () => {};
  readonly #problem = create('p', 'field-problem');

  /** @param label of the button that does it */
  constructor(label: string) {
    const submit = create('button', 'button button-small button-primary', label);
    submit.type = 'submit';
    const cancel = createButton('Cancel', 'button button-small', () => this.onClose());
    this.#problem.setAttribute('role', 'alert');
    const actions = create('div', 'card-form-actions', submit, cancel);
    this.element = create('form', 'card-form', this.#problem, actions);
    this.element.noValidate = true;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation(); // it closes the form, not the panel
      this.onClose();
    });
  }

  /** It is in the page now, and gets the focus. */
  open(): void {
    this.#problem.textContent = '';
    this.prepare();
    this.element.querySelector<HTMLElement>('input:checked, input:not([type="radio"])')?.focus();
  }

  /** Fills in what it proposes. */
  protected abstract prepare(): void;
  /** What is wrong with what was filled in. */
  protected abstract problem(): string | undefined;
  protected abstract submit(): Promise<void>;

  /** Puts fields before the problem, which tells of them. */
  protected addFields(...fields: HTMLElement[]): void {
    this.element.prepend(...fields);
  }

  #submit(): void {
    const problem = this.problem();
    this.#problem.textContent = problem ?? '';
    if (problem !== undefined) return;
    this.onClose();
    this.onSubmit(() => this.submit());
  }
}
