import type { Disk } from '../machine/index.ts';
import { byId } from './elements.ts';
import { formatBytes } from './progress.ts';
import type { Keeping } from './root-disk.ts';

/** Milliseconds between two questions to the disk, which leaves its sleep to answer. */
const LOOK_INTERVAL = 5000;

interface Words {
  /** Follows the amount, where there is one. */
  text: string;
  /** In a narrow window. */
  brief: string;
  /** The whole of it: a tooltip, and what screen readers say once. */
  meaning: string;
}

const WORDS: Readonly<Record<Keeping, Words>> = {
  kept: {
    text: 'of changes kept in this browser',
    brief: 'kept',
    meaning: 'Changes to the root disk are kept in this browser',
  },
  'kept-on-earlier': {
    text: 'of changes kept, on an earlier disk',
    brief: 'kept',
    meaning:
      'Changes to the root disk are kept in this browser. They were begun on the disk of an earlier Ringbox and stay with it; there is a newer one',
  },
  'kept-copy': {
    text: 'of changes kept, on a copy',
    brief: 'kept, a copy',
    meaning:
      'Changes to this copy of the root disk are kept in this browser. The root disk itself stays as it is',
  },
  look: {
    text: 'a look at another tab’s disk: nothing is kept',
    brief: 'a look, not kept',
    meaning:
      'This is the root disk as another tab had it when this machine started. What you change on it here is not kept, and the other tab does not see it',
  },
  'not-kept': {
    text: 'changes are not kept',
    brief: 'not kept',
    meaning: 'Changes to the root disk are not kept: they are lost when the page is left',
  },
  'cannot-keep': {
    text: 'changes cannot be kept here',
    brief: 'not kept',
    meaning:
      'This browser gives the page no storage, perhaps since the window is private: changes to the root disk are lost when the page is left',
  },
};

/** The part of the status line that tells what becomes of the changes to the root disk. */
export class KeptLine {
  readonly #item = byId('kept', HTMLElement);
  readonly #amount = byId('kept-amount', HTMLElement);
  readonly #text = byId('kept-text', HTMLElement);
  readonly #brief = byId('kept-brief', HTMLElement);
  readonly #fresh = byId('fresh', HTMLButtonElement);
  readonly #announcement = byId('kept-announcement', HTMLElement);
  #watch = new AbortController();

  constructor(onFresh: () => void) {
    this.#fresh.addEventListener('click', onFresh);
  }

  /** What was last shown of the amount, for example "1.2 MB"; empty if nothing is kept. */
  get amount(): string {
    return this.#amount.textContent;
  }

  show(keeping: Keeping, disk: Disk): void {
    this.hide();
    const { text, brief, meaning } = WORDS[keeping];
    const own = keeping === 'kept' || keeping === 'kept-on-earlier';
    this.#text.textContent = text;
    this.#brief.textContent = brief;
    this.#item.title = meaning;
    this.#fresh.textContent = keeping === 'kept-on-earlier' ? 'Newer disk' : 'Fresh disk';
    this.#fresh.hidden = !own;
    this.#item.hidden = false;
    this.#announcement.textContent = `${meaning}.`;
    const counts = own || keeping === 'kept-copy';
    this.#item.toggleAttribute('data-counts', counts);
    if (counts) void this.#follow(disk, this.#watch.signal);
  }

  hide(): void {
    this.#watch.abort();
    this.#watch = new AbortController();
    this.#item.hidden = true;
    this.#amount.textContent = '';
    this.#announcement.textContent = '';
  }

  /** Shows the amount again and again while the page is seen. */
  async #follow(disk: Disk, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!document.hidden) {
        const usage = await disk.usage().catch(() => null);
        // A disk that has ended or died has nothing more to tell, and the page knows already.
        if (usage === null || signal.aborted) return;
        this.#amount.textContent = formatBytes(usage.changed);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL));
    }
  }
}
