import { byId, createButton, withCode } from './elements.ts';

export interface NoticeAction {
  label: string;
  run: () => void;
}

export interface Notice {
  /** `alarm` is said at once by screen readers and has the colour of danger. */
  tone: 'calm' | 'alarm';
  title: string;
  message: string;
  remedy: string;
  /** Shown to those who ask for it. */
  details?: string;
  /** The first is the way on that most will want. */
  actions: readonly NoticeAction[];
  /** Fills the stage: there is no output that it could cover. */
  alone: boolean;
}

/** One message over the terminal. It lies at the top, since the last output is at the bottom. */
export class NoticeView {
  readonly element = byId('notice', HTMLElement);
  /** Has the keyboard once the last message was closed. */
  returnFocus = () => {};
  readonly #text = byId('notice-text', HTMLElement);
  readonly #title = byId('notice-title', HTMLElement);
  readonly #message = byId('notice-message', HTMLElement);
  readonly #remedy = byId('notice-remedy', HTMLElement);
  readonly #details = byId('notice-details', HTMLDetailsElement);
  readonly #detailsText = byId('notice-details-text', HTMLElement);
  readonly #actions = byId('notice-actions', HTMLElement);
  readonly #close = byId('notice-close', HTMLButtonElement);
  /** What is told for as long as it is true; null for nothing. */
  #standing: Notice | null = null;
  /** What is shown is told over it, for a while. */
  #isPassing = false;

  constructor() {
    // It scrolls, by keyboard as well.
    this.#detailsText.tabIndex = 0;
    this.#close.addEventListener('click', () => this.dismiss());
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Brings the keyboard to the first thing that can be done. */
  focus(): void {
    this.element.querySelector<HTMLElement>('button:not([hidden])')?.focus();
  }

  open(notice: Notice): void {
    this.#standing = notice;
    this.#isPassing = false;
    this.#show(notice);
  }

  /** Shows a message over the one that is there, which comes back when the visitor closes it. */
  openOver(notice: Notice): void {
    this.#isPassing = true;
    this.#show(notice);
  }

  /** What was opened last is not true any more. @param notice only if it is that one */
  close(notice = this.#standing): void {
    if (notice !== this.#standing) return;
    this.#standing = null;
    if (!this.#isPassing) this.element.hidden = true;
  }

  /** The visitor has read what is shown. */
  dismiss(): void {
    if (this.#isPassing && this.#standing !== null) {
      this.open(this.#standing);
      return;
    }
    this.#isPassing = false;
    this.close();
    this.returnFocus();
  }

  #show({ tone, title, message, remedy, details, actions, alone }: Notice): void {
    this.element.dataset.tone = tone;
    this.element.dataset.place = alone ? 'center' : 'top';
    this.#text.setAttribute('role', tone === 'alarm' ? 'alert' : 'status');
    // Shown first: a live region is only heard when it changes while it is there.
    this.element.hidden = false;
    this.#close.hidden = alone;
    this.#title.textContent = title;
    this.#message.textContent = message;
    this.#remedy.replaceChildren(...withCode(remedy));
    this.#details.hidden = details === undefined;
    this.#details.open = false;
    this.#detailsText.textContent = details ?? '';
    this.#actions.replaceChildren(
      ...actions.map(({ label, run }, index) =>
        createButton(label, index === 0 ? 'button button-primary' : 'button', run),
      ),
    );
  }
}
