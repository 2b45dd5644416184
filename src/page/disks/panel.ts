import type { StorageState } from '../../machine/index.ts';
import { byId } from '../elements.ts';
import type { DiskActions } from './actions.ts';
import { AttachedCard } from './attached-card.ts';
import { setText } from './card.ts';
import { JobRow } from './job-row.ts';
import type { Job, Jobs } from './jobs.ts';
import { KeptCard } from './kept-card.ts';
import type { AttachedDisk, UnattachedDisk } from './model.ts';
import { NewDisk } from './new-disk.ts';
import { RowList } from './row-list.ts';
import { StorageView } from './storage-view.ts';
import { Watch } from './watch.ts';

/** Milliseconds between two looks at the disks of the machine. */
const LOOK_INTERVAL = 1000;
/** Between two at what is stored, which costs more and changes less. */
const STORE_INTERVAL = 4000;

const NONE_KEPT = 'No other disks are kept in this browser.';
const NO_STORAGE =
  'This browser gives the page no storage, perhaps since the window is private: no disks can be kept.';

/** What the panel shows. */
export interface DiskFacts {
  /** Disks of the machine; none without one. */
  attached(): readonly AttachedDisk[];
  /** Whether there is a machine to have one more disk. */
  canAttach(): boolean;
  /** The kept disks that the machine does not have. */
  unattached(): Promise<readonly UnattachedDisk[]>;
  storage(): Promise<StorageState>;
}

/** The panel "Disks": beside the terminal, or over it where there is no room for both. */
export class DiskPanel {
  readonly element = byId('disk-panel', HTMLElement);
  readonly #title = byId('disk-panel-title', HTMLElement);
  readonly #noMachine = byId('attached-none', HTMLElement);
  readonly #noneKept = byId('kept-none', HTMLElement);
  readonly #jobs = byId('disk-jobs', HTMLElement);
  readonly #storage = new StorageView();
  readonly #newDisk: NewDisk;
  readonly #facts: DiskFacts;
  readonly #onToggle: (open: boolean, hadFocus: boolean) => void;
  readonly #attachedList: RowList<AttachedDisk, AttachedCard>;
  readonly #keptList: RowList<UnattachedDisk, KeptCard>;
  readonly #jobList: RowList<Job, JobRow>;
  readonly #diskWatch = new Watch(() => this.#lookAtDisks(), LOOK_INTERVAL);
  readonly #storeWatch = new Watch(() => this.#lookAtStore(), STORE_INTERVAL);

  /** @param onToggle the panel was opened, or closed while it had the focus or not */
  constructor(
    facts: DiskFacts,
    actions: DiskActions,
    jobs: Jobs,
    onToggle: (open: boolean, hadFocus: boolean) => void,
  ) {
    this.#facts = facts;
    this.#onToggle = onToggle;
    this.#newDisk = new NewDisk(actions);
    this.#attachedList = new RowList(
      byId('attached-disks', HTMLElement),
      ({ disk }) => disk,
      (attached) => new AttachedCard(attached, actions),
    );
    this.#keptList = new RowList(
      byId('kept-disks', HTMLElement),
      ({ name }) => name,
      (kept) => new KeptCard(kept, actions, () => facts.canAttach()),
    );
    this.#jobList = new RowList(
      byId('disk-job-list', HTMLElement),
      (job) => job,
      (job) => new JobRow(job, (ended) => jobs.dismiss(ended)),
    );
    byId('disk-panel-close', HTMLButtonElement).addEventListener('click', () => this.close());
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** There is no room beside the terminal: see styles/panel.css. */
  get coversTerminal(): boolean {
    return getComputedStyle(this.element).position === 'fixed';
  }

  /** Shows the panel and brings the keyboard there. */
  open(): void {
    if (!this.isOpen) {
      this.element.hidden = false;
      this.#diskWatch.start();
      this.#storeWatch.start();
      this.#onToggle(true, false);
    }
    this.#title.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    this.#diskWatch.stop();
    this.#storeWatch.stop();
    for (const card of this.#attachedList.rows) card.rest();
    // Asked before: what is hidden has no focus.
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    this.#onToggle(false, hadFocus);
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** Something about disks has changed: what is shown follows at once. */
  refresh(): void {
    void this.#diskWatch.now();
    void this.#storeWatch.now();
  }

  showJobs(jobs: readonly Job[]): void {
    this.#jobs.hidden = jobs.length === 0;
    this.#jobList.show(jobs);
  }

  /** Takes files that were dropped onto the panel. */
  importImages(files: readonly File[]): void {
    void this.#newDisk.importImages(files);
  }

  async #lookAtDisks(): Promise<void> {
    const attached = this.#facts.attached();
    this.#noMachine.hidden = attached.length > 0;
    this.#attachedList.show(attached);
    await Promise.all(this.#attachedList.rows.map((card) => this.#lookAtDisk(card)));
  }

  async #lookAtDisk(card: AttachedCard): Promise<void> {
    // A disk that has ended or died has nothing more to tell, and the page knows already.
    card.showUsage(await card.disk.usage().catch(() => null));
  }

  async #lookAtStore(): Promise<void> {
    const kept = await this.#facts.unattached().catch(() => null);
    this.#noneKept.hidden = kept !== null && kept.length > 0;
    setText(this.#noneKept, kept === null ? NO_STORAGE : NONE_KEPT);
    this.#keptList.show(kept ?? []);
    this.#storage.show(await this.#facts.storage());
  }
}
