import type { StorageState } from '../../machine/index.ts';
import { byId, setText } from '../elements.ts';
import { promiseWords, storageWords } from './words.ts';

/** The browser's storage in the panel: what is used of it, and whether it stays. */
export class StorageView {
  readonly #used = byId('storage-used', HTMLElement);
  readonly #bar = byId('storage-bar', HTMLProgressElement);
  readonly #promise = byId('storage-promise', HTMLElement);

  show(state: StorageState): void {
    const { used, quota } = state;
    setText(this.#used, storageWords(state));
    setText(this.#promise, promiseWords(state));
    this.#bar.hidden = used === null || !quota;
    this.#bar.value = Math.min(1, (used ?? 0) / (quota || 1));
  }
}
