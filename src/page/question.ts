import { byId, withCode } from './elements.ts';

/** Something that cannot be undone, to be confirmed before. */
export interface Question {
  title: string;
  /** What stands between backquotes is code. */
  message: string;
  /** Label of the button that does it. */
  confirm: string;
}

/** Asks before something is done that cannot be undone. */
export class QuestionDialog {
  readonly #dialog = byId('question', HTMLDialogElement);
  readonly #title = byId('question-title', HTMLElement);
  readonly #message = byId('question-message', HTMLElement);
  readonly #confirm = byId('question-confirm', HTMLButtonElement);
  #answer = (_confirmed: boolean) => {};

  constructor() {
    byId('question-cancel', HTMLButtonElement).addEventListener('click', () =>
      this.#dialog.close(),
    );
    this.#confirm.addEventListener('click', () => {
      this.#answer(true);
      this.#dialog.close();
    });
    this.#dialog.addEventListener('close', () => this.#answer(false));
  }

  /** Resolves with whether it was confirmed. */
  ask({ title, message, confirm }: Question): Promise<boolean> {
    this.#title.textContent = title;
    this.#message.replaceChildren(...withCode(message));
    this.#confirm.textContent = confirm;
    if (!this.#dialog.open) this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
}
