import { byId } from './elements.ts';

/** Asks before changes to the root disk are forgotten. */
export class FreshDialog {
  readonly #dialog = byId('fresh-dialog', HTMLDialogElement);
  readonly #lost = byId('fresh-lost', HTMLElement);

  constructor(onConfirm: () => void) {
    const onClick = (id: string, run: () => void) =>
      byId(id, HTMLButtonElement).addEventListener('click', run);
    onClick('fresh-cancel', () => this.#dialog.close());
    onClick('fresh-confirm', () => {
      this.#dialog.close();
      onConfirm();
    });
  }

  /** @param amount of what was changed, for example "1.2 MB"; empty if it is not known */
  open(amount: string): void {
    this.#lost.textContent = amount === '' ? 'All changes' : `All changes (${amount})`;
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}
