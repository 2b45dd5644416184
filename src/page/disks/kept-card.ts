import { setAvailable } from '../elements.ts';
import { formatBytes } from '../progress.ts';
import type { DiskActions } from './actions.ts';
import { Card } from './card.ts';
import { ExportForm } from './export-form.ts';
import type { UnattachedDisk } from './model.ts';
import { NameForm } from './name-form.ts';
import type { Row } from './row-list.ts';
import { isUsable, keptChanged, keptNote, keptSize, keptTag } from './words.ts';

/** A disk that is kept in this browser, and that the machine does not have, in the panel. */
export class KeptCard implements Row<UnattachedDisk> {
  readonly element: HTMLElement;
  readonly #card: Card;
  readonly #canAttach: () => boolean;
  readonly #showSize: (text: string) => void;
  readonly #showStored: (text: string) => void;
  readonly #showChanged: (text: string) => void;
  readonly #attach: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #export: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #delete: HTMLButtonElement;
  #kept: UnattachedDisk;

  /** @param canAttach whether there is a machine to have it */
  constructor(kept: UnattachedDisk, actions: DiskActions, canAttach: () => boolean) {
    const { name } = kept;
    this.#kept = kept;
    this.#canAttach = canAttach;
    const card = new Card(name, null);
    this.#card = card;
    this.element = card.element;
    this.#showSize = card.addFact('Size');
    this.#showChanged = card.addFact('Changed');
    this.#showStored = card.addFact('Stored');
    this.#attach = card.addAction('Attach', () => actions.attach(this.#kept));
    this.#start = card.addAction('Start from', () => actions.startFrom(this.#kept));
    const exporting = new ExportForm(name, (format) => actions.exportKept(this.#kept, format));
    this.#export = card.addForm('Export', exporting);
    const taken = () => actions.takenNames();
    const copying = new NameForm(name, taken, (copy) => actions.copy(this.#kept, copy));
    this.#copy = card.addForm('Copy', copying);
    this.#delete = card.addAction('Delete', () => actions.remove(this.#kept));
  }

  show(kept: UnattachedDisk): void {
    this.#kept = kept;
    this.#card.showTitle(kept.name, keptTag(kept));
    this.#card.showNote(keptNote(kept));
    this.#showSize(keptSize(kept));
    this.#showStored(formatBytes(kept.stored));
    this.#showChanged(keptChanged(kept));
    const usable = isUsable(kept);
    setAvailable(this.#attach, usable && this.#canAttach());
    setAvailable(this.#start, usable);
    setAvailable(this.#export, usable);
    setAvailable(this.#copy, kept.disk !== null || kept.inUse);
    setAvailable(this.#delete, !kept.inUse);
  }
}
