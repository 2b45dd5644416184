import type { StorageState } from '../../machine/index.ts';
import { byId, fill, setText } from '../elements.ts';
import type { PanelContent } from '../panels/panel.ts';
import { Watch } from '../watch.ts';
import type { DiskActions } from './actions.ts';
import { AttachedCard } from './attached-card.ts';
import { createComingCard } from './coming-card.ts';
import { JobRow } from './job-row.ts';
import type { Job, Jobs } from './jobs.ts';
import { KeptCard } from './kept-card.ts';
import type { AttachedDisk, ComingDisk, UnattachedDisk } from './model.ts';
import { NewDisk } from './new-disk.ts';
import markup from './panel.html?raw';
import { RowList } from './row-list.ts';
import { StorageView } from './storage-view.ts';

/** Milliseconds between two looks at the disks of the machine. */
const LOOK_INTERVAL = 1000;
/** Between two at what is stored, which costs more and changes less. */
const STORE_INTERVAL = 4000;

const NO_MACHINE = 'There is no machine.';
const COMING = 'The machine is on its way.';
const NONE_KEPT = 'No other disks are kept in this browser.';
const NO_STORAGE =
  'This browser gives the page no storage, perhaps since the window is private: no disks can be kept.';

/** What the panel shows. */
export interface DiskFacts {
  /** Disks of the machine; none without one. */
  attached(): readonly AttachedDisk[];
  /** Those of a machine that is on its way; null when none is. */
  coming(): readonly ComingDisk[] | null;
  /** Whether there is a machine to have one more disk. */
  canAttach(): boolean;
  /** The kept disks that the machine does not have. */
  unattached(): Promise<readonly UnattachedDisk[]>;
  storage(): Promise<StorageState>;
}

/** What is in the panel "Disks". */
export class DiskPanel implements PanelContent {
  readonly #body: HTMLElement;
  readonly #noMachine: HTMLElement;
  readonly #comingDisks: HTMLElement;
  readonly #noneKept: HTMLElement;
  readonly #jobs: HTMLElement;
  readonly #storage: StorageView;
  readonly #newDisk: NewDisk;
  readonly #facts: DiskFacts;
  readonly #attachedList: RowList<AttachedDisk, AttachedCard>;
  readonly #keptList: RowList<UnattachedDisk, KeptCard>;
  readonly #jobList: RowList<Job, JobRow>;
  #kept: readonly UnattachedDisk[] = [];
  /** What there is room for now. */
  #roomOf = '';
  readonly #diskWatch = new Watch(() => this.#lookAtDisks(), LOOK_INTERVAL);
  readonly #storeWatch = new Watch(() => this.#lookAtStore(), STORE_INTERVAL);

  /** @param content where it is, empty */
  constructor(content: HTMLElement, facts: DiskFacts, actions: DiskActions, jobs: Jobs) {
    fill(content, markup);
    this.#body = byId('disks-body', HTMLElement);
    this.#noMachine = byId('attached-none', HTMLElement);
    this.#comingDisks = byId('coming-disks', HTMLElement);
    this.#noneKept = byId('kept-none', HTMLElement);
    this.#jobs = byId('disk-jobs', HTMLElement);
    this.#storage = new StorageView();
    this.#facts = facts;
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
  }

  shown(): void {
    this.#diskWatch.start();
    this.#storeWatch.start();
  }

  hidden(): void {
    this.#diskWatch.stop();
    this.#storeWatch.stop();
    for (const card of this.#attachedList.rows) card.rest();
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
    this.#showAttached();
    this.#showKept();
    await Promise.all(this.#attachedList.rows.map((card) => this.#lookAtDisk(card)));
  }

  #showAttached(): void {
    const attached = this.#facts.attached();
    const coming = this.#facts.coming();
    setText(this.#noMachine, coming === null ? NO_MACHINE : COMING);
    this.#noMachine.hidden = attached.length > 0;
    this.#attachedList.show(attached);
    this.#keepRoom(coming ?? []);
  }

  /** Nothing moves when the machine is there: its disks have their room before. */
  #keepRoom(coming: readonly ComingDisk[]): void {
    const madeOf = JSON.stringify(coming);
    if (madeOf === this.#roomOf) return;
    this.#roomOf = madeOf;
    this.#comingDisks.replaceChildren(...coming.map(createComingCard));
  }

  async #lookAtDisk(card: AttachedCard): Promise<void> {
    // A disk that has ended or died has nothing more to tell, and the page knows already.
    card.showUsage(await card.disk.usage().catch(() => null));
  }

  /** A disk that was attached since the last look at the store is in one list only, at once. */
  #showKept(): void {
    const attached = new Set(this.#facts.attached().map(({ disk }) => disk.kept));
    const others = this.#kept.filter(({ name }) => !attached.has(name));
    this.#noneKept.hidden = others.length > 0;
    this.#keptList.show(others);
  }

  async #lookAtStore(): Promise<void> {
    const kept = await this.#facts.unattached().catch(() => null);
    setText(this.#noneKept, kept === null ? NO_STORAGE : NONE_KEPT);
    this.#kept = kept ?? [];
    this.#storage.show(await this.#facts.storage());
    // What is below the lists is to be seen from now on: they are as long as they will be.
    this.#showAttached();
    this.#showKept();
    this.#body.dataset.looked = 'true';
  }
}
