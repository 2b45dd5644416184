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
  /** The first is the way on that most will want. */
  actions: readonly NoticeAction[];
  /** Fills the stage: there is no output that it could cover. */
  alone: boolean;
}

/** One message over the terminal. It lies at the top, since the last output is at the bottom. */
export class NoticeView {
  readonly element = byId('notice', HTMLElement);
  readonly #text = byId('notice-text', HTMLElement);
  readonly #title = byId('notice-title', HTMLElement);
  readonly #message = byId('notice-message', HTMLElement);
  readonly #remedy = byId('notice-remedy', HTMLElement);
  readonly #actions = byId('notice-actions', HTMLElement);
  readonly #close = byId('notice-close', HTMLButtonElement);

  constructor(onClose: () => void) {
    this.#close.addEventListener('click', () => {
      this.close();
      onClose();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Brings the keyboard to the first thing that can be done. */
  focus(): void {
    this.element.querySelector<HTMLElement>('button:not([hidden])')?.focus();
  }

  open(notice: Notice): void {
    this.element.dataset.tone = notice.tone;
    this.element.dataset.place = notice.alone ? 'center' : 'top';
    this.#text.setAttribute('role', notice.tone === 'alarm' ? 'alert' : 'status');
    // Shown first: a live region is only heard when it changes while it is there.
    this.element.hidden = false;
    this.#close.hidden = notice.alone;
    this.#title.textContent = notice.title;
    this.#message.textContent = notice.message;
    this.#remedy.replaceChildren(...withCode(notice.remedy));
    this.#actions.replaceChildren(
      ...notice.actions.map(({ label, run }, index) =>
        createButton(label, index === 0 ? 'button button-primary' : 'button', run),
      ),
    );
  }

  close(): void {
    this.element.hidden = true;
  }
}
