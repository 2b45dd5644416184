import type { Terminal } from '@xterm/xterm';
import type { Machine, MachineStatistics } from '../../machine/index.ts';
import { keepMachine, type MachineIdentity, type SavedMachine } from './saved-machine.ts';

/** Milliseconds between two looks at the machine. */
const LOOK_INTERVAL = 1000;
/** Milliseconds between two saves at least, while the page is seen. */
const SAVE_INTERVAL = 30_000;
/** Bytes of snapshots that a machine may have written in each millisecond, in the long run: most have 25 MB. */
const SAVE_RATE = 1000;
/** Bytes of changes to a disk from which on it takes too long to see that it is still the same. */
const MOST_CHANGES = 256 * 1024 * 1024;
/** Lines that have left the screen and are kept with it. */
const SCROLLBACK = 500;

/** What the saver needs of its page. */
export interface SaverSurroundings {
  readonly terminal: Terminal;
  /** Somebody watches the devices, who are to be moved by nothing but the guest. */
  isWatched(): boolean;
  /** The machine has been saved, during which it stood still. */
  saved(): void;
}

/**
 * Saves a machine for the next visit, whenever its guest has come to rest on something new. A page that is left has no
 * time for it; and one that is hidden may never be seen again, so that it saves soon.
 */
export class MachineSaver {
  readonly #machine: Machine;
  readonly #identity: MachineIdentity;
  readonly #surroundings: SaverSurroundings;
  readonly #timer = setInterval(() => this.#look(), LOOK_INTERVAL);
  readonly #hidden = () => {
    if (document.hidden) this.#nextSave = 0;
  };
  #last: MachineStatistics;
  /** The activity of the guest that was saved last. */
  #savedActivity = '';
  /** When the next save may be, by performance.now(). */
  #nextSave = 0;
  #isSaving = false;
  /** The machine stands still to be saved: that is nobody's concern. */
  isHolding = false;

  constructor(machine: Machine, identity: MachineIdentity, surroundings: SaverSurroundings) {
    this.#machine = machine;
    this.#identity = identity;
    this.#surroundings = surroundings;
    this.#last = machine.statistics();
    document.addEventListener('visibilitychange', this.#hidden);
  }

  stop(): void {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#hidden);
  }

  #look(): void {
    const last = this.#last;
    const now = this.#machine.statistics();
    this.#last = now;
    const activity = activityOf(now);
    const rests = last.halted && now.halted && activityOf(last) === activity;
    if (!rests || activity === this.#savedActivity || performance.now() < this.#nextSave) return;
    if (this.#isSaving || !this.#canBeSaved || this.#surroundings.isWatched()) return;
    void this.#save(activity);
  }

  /** The next visit has the root disk alone, and a machine that runs. */
  get #canBeSaved(): boolean {
    return this.#machine.state === 'running' && this.#machine.disks.length === 1;
  }

  async #save(activity: string): Promise<void> {
    this.#isSaving = true;
    let written = 0;
    try {
      const { changed } = await this.#machine.disks[0].usage();
      const saved = changed > MOST_CHANGES ? null : await this.#takeSnapshot();
      if (saved === null) return;
      written = saved.snapshot.size;
      await keepMachine(this.#identity, saved);
      this.#savedActivity = activity;
    } catch (reason) {
      if (this.#machine.state === 'disposed') return;
      console.info('The machine could not be saved for the next visit.', reason);
      // It may have been a moment's matter; a browser without room is not asked all the time.
      this.#savedActivity = activity;
    } finally {
      this.#nextSave = performance.now() + Math.max(SAVE_INTERVAL, written / SAVE_RATE);
      this.#isSaving = false;
    }
  }

  /** @returns null when the guest was not at rest after all */
  async #takeSnapshot(): Promise<SavedMachine | null> {
    const { terminal } = this.#surroundings;
    const { SerializeAddon } = await import('@xterm/addon-serialize');
    const addon = new SerializeAddon();
    const before = activityOf(this.#machine.statistics());
    this.isHolding = true;
    try {
      const snapshot = await this.#machine.snapshot();
      // What it has printed since is in the terminal, or will be, and not in the snapshot.
      if (activityOf(this.#machine.statistics()) !== before) return null;
      terminal.loadAddon(addon);
      return { snapshot, screen: addon.serialize({ scrollback: SCROLLBACK }) };
    } finally {
      addon.dispose();
      this.isHolding = false;
      this.#surroundings.saved();
    }
  }
}

/** What a guest does that somebody would miss; its clock ticks all the time. */
function activityOf({ consoleBytes, disks }: MachineStatistics): string {
  return [consoleBytes, ...disks.map(({ requests }) => requests)].join();
}
