import type { DiskUsage } from '../../devices/block/create.ts';
import { ROOT_DISK } from '../plan.ts';
import { formatBytes } from '../progress.ts';
import type { DiskActions } from './actions.ts';
import { Card } from './card.ts';
import { ExportForm } from './export-form.ts';
import { GrowForm } from './grow-form.ts';
import type { AttachedDisk } from './model.ts';
import type { Row } from './row-list.ts';
import { formatDiskSize } from './size.ts';
import { ThroughputMeter } from './throughput.ts';
import { attachedTag, attachedTitle, formatThroughput, LATE_NOTE, NOTHING } from './words.ts';

/** A disk of the machine in the panel. */
export class AttachedCard implements Row<AttachedDisk> {
  readonly element: HTMLElement;
  #attached: AttachedDisk;
  readonly #card: Card;
  readonly #meter = new ThroughputMeter();
  readonly #find: HTMLButtonElement;
  readonly #showSize: (text: string) => void;
  readonly #showChanged: (text: string) => void;
  readonly #showTaken: (text: string) => void;
  readonly #showRead: (text: string) => void;
  readonly #showWritten: (text: string) => void;

  constructor(attached: AttachedDisk, actions: DiskActions) {
    this.#attached = attached;
    const { disk, guestName } = attached;
    this.#card = new Card(guestName, guestName);
    this.element = this.#card.element;
    this.#showSize = this.#card.addFact('Size');
    this.#showChanged = this.#card.addFact('Changed');
    this.#showTaken = this.#card.addFact(disk.kept === null ? 'In memory' : 'Stored');
    this.#showRead = this.#card.addFact('Reads');
    this.#showWritten = this.#card.addFact('Writes');
    this.#addActions(actions);
    this.#find = this.#card.addAction('Type the command', () => actions.findInGuest());
    this.#find.hidden = true;
  }

  get disk(): AttachedDisk['disk'] {
    return this.#attached.disk;
  }

  show(attached: AttachedDisk): void {
    this.#attached = attached;
    this.#card.showTitle(attachedTitle(attached), attachedTag(attached));
    this.#showSize(formatDiskSize(attached.disk.size));
  }

  /** @param usage null of a disk that does not answer any more */
  showUsage(usage: DiskUsage | null): void {
    const { disk, isLate } = this.#attached;
    const throughput = usage && this.#meter.next(usage, performance.now());
    const amount = (bytes: number | undefined) =>
      bytes === undefined ? NOTHING : formatBytes(bytes);
    this.#showChanged(amount(usage?.changed));
    this.#showTaken(amount(disk.kept === null ? usage?.allocated : usage?.stored));
    this.#showRead(formatThroughput(throughput?.read));
    this.#showWritten(formatThroughput(throughput?.written));
    // A driver that has found the disk reads it at once, to see its partitions.
    const unseen = isLate && usage?.requests === 0;
    this.#card.showNote(unseen ? LATE_NOTE : '');
    this.#find.hidden = !unseen;
  }

  /** Nobody looks for a while: the next rates are those after that. */
  rest(): void {
    this.#meter.forget();
  }

  #addActions(actions: DiskActions): void {
    const attached = this.#attached;
    const { disk, guestName, root } = attached;
    const exporting = new ExportForm(guestName, (format) =>
      actions.exportAttached(attached, format),
    );
    const growing = new GrowForm(
      () => disk.size,
      (size) => actions.grow(attached, size),
    );
    this.#card.addForm('Export', exporting);
    if (!disk.readOnly) this.#card.addForm('Grow', growing);
    if (root === null) this.#card.addAction('Detach', () => actions.detach(attached));
    else if (disk.kept === ROOT_DISK) this.#card.addAction('Fresh disk', () => actions.fresh());
  }
}
