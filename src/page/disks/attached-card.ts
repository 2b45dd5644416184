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
import { attachedTag, attachedTitle, formatThroughput, NOTHING } from './words.ts';

/** A disk of the machine in the panel. */
export class AttachedCard implements Row<AttachedDisk> {
  readonly element: HTMLElement;
  readonly attached: AttachedDisk;
  readonly #card: Card;
  readonly #meter = new ThroughputMeter();
  readonly #showSize: (text: string) => void;
  readonly #showChanged: (text: string) => void;
  readonly #showTaken: (text: string) => void;
  readonly #showRead: (text: string) => void;
  readonly #showWritten: (text: string) => void;

  constructor(attached: AttachedDisk, actions: DiskActions) {
    this.attached = attached;
    const { disk, guestName } = attached;
    this.#card = new Card(guestName, guestName);
    this.element = this.#card.element;
    this.#showSize = this.#card.addFact('Size');
    this.#showChanged = this.#card.addFact('Changed');
    this.#showTaken = this.#card.addFact(disk.kept === null ? 'In memory' : 'Stored');
    this.#showRead = this.#card.addFact('Reads');
    this.#showWritten = this.#card.addFact('Writes');
    this.#addActions(actions);
  }

  show(attached: AttachedDisk): void {
    this.#card.showTitle(attachedTitle(attached), attachedTag(attached));
    this.#showSize(formatDiskSize(attached.disk.size));
  }

  /** @param usage null of a disk that does not answer any more */
  showUsage(usage: DiskUsage | null): void {
    const { kept } = this.attached.disk;
    const throughput = usage && this.#meter.next(usage, performance.now());
    const amount = (bytes: number | undefined) =>
      bytes === undefined ? NOTHING : formatBytes(bytes);
    this.#showChanged(amount(usage?.changed));
    this.#showTaken(amount(kept === null ? usage?.allocated : usage?.stored));
    this.#showRead(formatThroughput(throughput?.read));
    this.#showWritten(formatThroughput(throughput?.written));
  }

  /** Nobody looks for a while: the next rates are those after that. */
  rest(): void {
    this.#meter.forget();
  }

  #addActions(actions: DiskActions): void {
    const { attached } = this;
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
    if (root !== null && disk.kept === ROOT_DISK)
      this.#card.addAction('Fresh disk', () => actions.fresh());
  }
}
