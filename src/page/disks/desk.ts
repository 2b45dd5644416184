import {
  copyKeptDisk,
  createKeptDisk,
  type Disk,
  type ExportedDisk,
  forgetKeptDisk,
  importKeptDisk,
  type KeptDisk,
  keptDisks,
  type StorageState,
  storageState,
} from '../../machine/index.ts';
import { storedImage } from '../kept-images.ts';
import { keptDiskOptions } from '../kept-options.ts';
import type { PageServices } from '../page-services.ts';
import { DEFAULT_PLAN, keptDisksOf, ROOT_DISK } from '../plan.ts';
import { forgetSavedMachine } from '../saved/saved-machine.ts';
import type { DiskActions } from './actions.ts';
import { ChangeCounts } from './change-counts.ts';
import type { ExportFormat } from './export-form.ts';
import { chooseTarget } from './export-target.ts';
import { GuestNames } from './guest-names.ts';
import type { Jobs } from './jobs.ts';
import type { AttachedDisk, ComingDisk, KeptBase, UnattachedDisk } from './model.ts';
import type { DiskFacts } from './panel.ts';
import { attachedTitle, deleteQuestion, detachQuestion, RESCAN_COMMAND } from './words.ts';

/** Does with the disks of the machine and of the browser what the panel is asked for. */
export class Desk implements DiskFacts, DiskActions {
  readonly #page: PageServices;
  readonly #changed: () => void;
  readonly #jobs: Jobs;
  readonly #guestNames = new GuestNames();
  readonly #late = new WeakSet<Disk>();
  readonly #changes = new ChangeCounts();
  #kept: readonly string[] = [];
  /** Names of disks that are being made. */
  readonly #coming = new Set<string>();

  /** @param changed something about disks is not what it was */
  constructor(page: PageServices, jobs: Jobs, changed: () => void) {
    this.#page = page;
    this.#changed = changed;
    this.#jobs = jobs;
  }

  attached(): readonly AttachedDisk[] {
    const { machine, plan } = this.#page;
    const root = plan?.kernel === null ? plan.root : null;
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

  coming(): readonly ComingDisk[] | null {
    const { starting } = this.#page;
    if (starting === null) return null;
    const { kernel, root, disks } = starting;
    return [
      ...(kernel === null ? [{ root, readOnly: false }] : []),
      ...disks.map(({ readOnly }) => ({ root: null, readOnly })),
    ];
  }

  canAttach(): boolean {
    return this.#page.machine !== null;
  }

  async unattached(): Promise<readonly UnattachedDisk[]> {
    const all = await this.#changes.complete(await keptDisks());
    this.#kept = all.map(({ name }) => name);
    const taken = new Set([...this.#attachedNames(), ...this.#coming]);
    const others = all.filter(({ name }) => !taken.has(name));
    return Promise.all(others.map(async (kept) => ({ ...kept, base: await baseOf(kept) })));
  }

  /** Kept disks that the machine has, or will have once it is there. */
  #attachedNames(): string[] {
    const { machine, starting } = this.#page;
    const attached = machine?.disks.flatMap(({ kept }) => kept ?? []) ?? [];
    return [...attached, ...(starting === null ? [] : keptDisksOf(starting))];
  }

  storage(): Promise<StorageState> {
    return storageState();
  }

  takenNames(): Iterable<string> {
    return [ROOT_DISK, ...this.#kept, ...this.#coming];
  }

  fresh(): void {
    this.#page.startFresh();
  }

  /** Fills the sheet with a machine that a kept disk starts: Ringbox's own kernel, or what is on the disk. */
  startFrom({ name, base }: UnattachedDisk): void {
    this.#page.propose(
      base === 'root-image'
        ? { ...DEFAULT_PLAN, root: { kind: 'kept', name } }
        : {
            ...DEFAULT_PLAN,
            kernel: 'firmware',
            disks: [{ source: { kept: name }, readOnly: false }],
          },
    );
  }

  async exportAttached(attached: AttachedDisk, format: ExportFormat): Promise<void> {
    const { machine } = this.#page;
    if (machine === null) return;
    const name = attached.root === null ? attachedTitle(attached) : 'ringbox-root';
    await this.#export(name, format, async () => ({ machine, disk: attached.disk }));
  }

  async exportKept({ name }: UnattachedDisk, format: ExportFormat): Promise<void> {
    await this.#export(name, format, () => keptDiskOptions(name));
  }

  async grow({ disk }: AttachedDisk, size: number): Promise<void> {
    await disk.resize(size);
    this.#changed();
  }

  async attach({ name }: UnattachedDisk): Promise<void> {
    const { machine } = this.#page;
    if (machine === null) return;
    this.#late.add(await machine.attachDisk(await keptDiskOptions(name)));
    this.#changed();
  }

  async detach(attached: AttachedDisk): Promise<void> {
    if (!(await this.#page.confirm(detachQuestion(attached)))) return;
    try {
      await this.#page.machine?.detachDisk(attached.disk);
    } finally {
      this.#changed();
    }
  }

  findInGuest(): void {
    this.#page.type(RESCAN_COMMAND);
  }

  async remove(kept: UnattachedDisk): Promise<void> {
    if (!(await this.#page.confirm(deleteQuestion(kept)))) return;
    await forgetKeptDisk(kept.name);
    // It may have been the root disk of a machine that was saved.
    await forgetSavedMachine(kept.name);
    this.#changed();
  }

  async create(name: string, size: number): Promise<void> {
    await createKeptDisk(name, size);
    this.#changed();
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
    this.#changed();
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
