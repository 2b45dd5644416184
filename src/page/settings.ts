import { recall, remember } from './remembered.ts';

/** Where the keys below the terminal are: on screens that are touched, anywhere, nowhere. */
const KEYS = ['touch', 'always', 'never'] as const;

/** How somebody likes the page. */
export interface PageSettings {
  /** What the terminal shows is made known to screen readers; no browser tells whether there is one. */
  readonly screenReader: boolean;
  readonly keys: (typeof KEYS)[number];
}

/** What the browser remembers them by. */
const RECORD = 'settings';

/** The settings of the page, which this browser remembers. */
export class Settings {
  #now: PageSettings = readSettings(recall(RECORD));
  readonly #listeners: ((settings: PageSettings) => void)[] = [];

  get now(): PageSettings {
    return this.#now;
  }

  change(changes: Partial<PageSettings>): void {
    this.#now = { ...this.#now, ...changes };
    remember(RECORD, this.#now);
    for (const listener of this.#listeners) listener(this.#now);
  }

  /** Calls back now, and whenever something changes. */
  follow(listener: (settings: PageSettings) => void): void {
    this.#listeners.push(listener);
    listener(this.#now);
  }
}

/** @param remembered whatever there is: what of it makes no sense is as it was in the beginning */
export function readSettings(remembered: unknown): PageSettings {
  const { screenReader, keys } = Object(remembered) as Record<string, unknown>;
  return {
    screenReader: screenReader === true,
    keys: KEYS.find((known) => known === keys) ?? 'touch',
  };
}
