import {
  copyKeptDisk,
  createKeptDisk,
  type Disk,
  type ExportedDisk,
  forgetKeptDisk,
  importKeptDisk,
  type KeptDisk,
  keptDisks,
  type Machine,
  type StorageState,
  storageState,
} from '../../machine/index.ts';
import { storedImage } from '../kept-images.ts';
import { keptDiskOptions } from '../kept-options.ts';
import { ROOT_DISK, type RootPlan } from '../plan.ts';
import type { Question } from '../question.ts';
import type { DiskActions } from './actions.ts';
import { ChangeCounts } from './change-counts.ts';
import type { ExportFormat } from './export-form.ts';
import { chooseTarget } from './export-target.ts';
import { GuestNames } from './guest-names.ts';
import type { Jobs } from './jobs.ts';
import type { AttachedDisk, KeptBase, UnattachedDisk } from './model.ts';
import type { DiskFacts } from './panel.ts';
import { attachedTitle, deleteQuestion, detachQuestion, RESCAN_COMMAND } from './words.ts';

/** What the desk asks of the page. */
export interface DeskHooks {
  readonly machine: Machine | null;
  /** What the first disk of the machine is; null if it is not Ringbox's own root disk. */
  readonly root: RootPlan | null;
  confirm(question: Question): Promise<boolean>;
  fresh(): void;
  startFrom(kept: UnattachedDisk): void;
  /** Puts text into the terminal as if it were typed, and brings the keyboard there. */
  type(text: string): void;
  /** Something about disks has changed. */
  changed(): void;
}

/** Does with the disks of the machine and of the browser what the panel is asked for. */
export class Desk implements DiskFacts, DiskActions {
  readonly #hooks: DeskHooks;
  readonly #jobs: Jobs;
  readonly #guestNames = new GuestNames();
  readonly #late = new WeakSet<Disk>();
  readonly #changes = new ChangeCounts();
  #kept: readonly string[] = [];
  /** Names of disks that are being made. */
  readonly #coming = new Set<string>();

  constructor(hooks: DeskHooks, jobs: Jobs) {
    this.#hooks = hooks;
    this.#jobs = jobs;
  }

  attached(): readonly AttachedDisk[] {
    const { machine, root } = this.#hooks;
    const disks = machine?.disks ?? [];
    const names = this.#guestNames.of(disks);
    return disks.map((disk, index) => {
      return {
        disk,
        guestName: names[index],
        root: index === 0 ? root : null,
        isLate: this.#late.has(disk),
      };
    });
  }

  canAttach(): boolean {
    return this.#hooks.machine !== null;
  }

  async unattached(): Promise<readonly UnattachedDisk[]> {
    const all = await this.#changes.complete(await keptDisks());
    this.#kept = all.map(({ name }) => name);
    const attached = new Set(this.#hooks.machine?.disks.map(({ kept }) => kept));
    const others = all.filter(({ name }) => !attached.has(name) && !this.#coming.has(name));
    return Promise.all(others.map(async (kept) => ({ ...kept, base: await baseOf(kept) })));
  }

  storage(): Promise<StorageState> {
    return storageState();
  }

  takenNames(): Iterable<string> {
    return [ROOT_DISK, ...this.#kept, ...this.#coming];
  }

  fresh(): void {
    this.#hooks.fresh();
  }

  startFrom(kept: UnattachedDisk): void {
    this.#hooks.startFrom(kept);
  }

  async exportAttached(attached: AttachedDisk, format: ExportFormat): Promise<void> {
    const { machine } = this.#hooks;
    if (machine === null) return;
    const name = attached.root === null ? attachedTitle(attached) : 'ringbox-root';
    await this.#export(name, format, async () => ({ machine, disk: attached.disk }));
  }

  async exportKept({ name }: UnattachedDisk, format: ExportFormat): Promise<void> {
    await this.#export(name, format, () => keptDiskOptions(name));
  }

  async grow({ disk }: AttachedDisk, size: number): Promise<void> {
    await disk.resize(size);
    this.#hooks.changed();
  }

  async attach({ name }: UnattachedDisk): Promise<void> {
    const { machine } = this.#hooks;
    if (machine === null) return;
    this.#late.add(await machine.attachDisk(await keptDiskOptions(name)));
    this.#hooks.changed();
  }

  async detach(attached: AttachedDisk): Promise<void> {
    if (!(await this.#hooks.confirm(detachQuestion(attached)))) return;
    try {
      await this.#hooks.machine?.detachDisk(attached.disk);
    } finally {
      this.#hooks.changed();
    }
  }

  findInGuest(): void {
    this.#hooks.type(RESCAN_COMMAND);
  }

  async remove(kept: UnattachedDisk): Promise<void> {
    if (!(await this.#hooks.confirm(deleteQuestion(kept)))) return;
    await forgetKeptDisk(kept.name);
    this.#hooks.changed();
  }

  async create(name: string, size: number): Promise<void> {
    await createKeptDisk(name, size);
    this.#hooks.changed();
  }

  async copy({ name }: UnattachedDisk, copy: string): Promise<void> {
    void this.#make(copy, `Copying “${name}”`, async (context) => {
      await copyKeptDisk(name, copy, context);
      return `Copied as “${copy}”.`;
    });
  }

  async importImage(name: string, image: File): Promise<void> {
    void this.#make(name, `Importing ${image.name}`, async (context) => {
      await importKeptDisk(name, image, context);
      return `Imported as “${name}”.`;
    });
  }

  /** A job at whose end there is one more kept disk. */
  async #make(name: string, title: string, work: Parameters<Jobs['start']>[1]): Promise<void> {
    this.#coming.add(name);
    await this.#jobs.start(title, work);
    this.#coming.delete(name);
    this.#hooks.changed();
  }

  async #export(
    name: string,
    format: ExportFormat,
    describe: () => Promise<ExportedDisk>,
  ): Promise<void> {
    const target = await chooseTarget(name, format);
    if (target === null) return;
    void this.#jobs.start(`Exporting ${name}`, async (context) =>
      target(await describe(), context),
    );
  }
}

async function baseOf({ disk }: KeptDisk): Promise<KeptBase> {
  if (disk === null || disk.imageVersion === '') return 'none';
  return (await storedImage(disk.imageVersion)) === undefined ? 'missing' : 'root-image';
}
