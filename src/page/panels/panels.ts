import { byId } from '../elements.ts';
import type { PageServices } from '../page-services.ts';
import { recall, remember } from '../remembered.ts';
import type { Region } from '../rounds.ts';
import { arrange, type Place, type PlacedPanel, type Room } from './arrangement.ts';
import { Frame } from './frame.ts';
import { PanelMemory } from './memory.ts';
import type { PanelDescription, PanelTarget } from './panel.ts';

/** What the browser remembers it by. */
const RECORD = 'panels';

/**
 * The panels around the terminal. Each has a button in the bar. They are shown as they were when the page was left, at
 * once, so that nothing moves later; what is in them comes when the page is there.
 */
export class Panels {
  readonly #workspace = byId('workspace', HTMLElement);
  readonly #stage = byId('stage', HTMLElement);
  readonly #keys = byId('keys', HTMLElement);
  readonly #frames = new Map<string, Frame>();
  readonly #memory: PanelMemory;
  #placed: readonly PlacedPanel[] = [];
  #page: PageServices | null = null;

  constructor(descriptions: readonly PanelDescription[]) {
    this.#memory = new PanelMemory(descriptions, recall(RECORD));
    for (const description of descriptions) this.#add(description);
    const observer = new ResizeObserver(() => this.#arrange());
    observer.observe(this.#workspace);
    observer.observe(this.#keys);
    this.#arrange();
  }

  /** From now on there is what the panels need. */
  connect(page: PageServices): void {
    this.#page = page;
    this.#arrange();
  }

  /**
   * Shows a panel and brings the keyboard there. Others go that have no room beside it.
   * @param target what is to be seen in it, for another panel; where that has gone, there is a way back
   */
  open(id: string, target?: PanelTarget): void {
    const before = this.#placed;
    this.show(id);
    const frame = this.#frames.get(id);
    frame?.focusTitle();
    if (target === undefined) return;
    this.aim(id, target);
    const gone = before.find((panel) => panel.id !== id && !this.isShown(panel.id));
    const other = gone && this.#frames.get(gone.id);
    if (gone && other) frame?.offerWayBack(other.title, () => this.open(gone.id));
  }

  /** Shows a panel, as `open` does; the keyboard stays where it is. */
  show(id: string): void {
    this.#memory.show(id);
    this.#arrange();
    const seen = new Set(this.#placed.map((panel) => panel.id));
    for (const { shape } of this.#memory.open) if (!seen.has(shape.id)) this.#memory.hide(shape.id);
    this.#remember();
  }

  /** Something is to be seen in a panel, unless that was never opened. */
  aim(id: string, target: PanelTarget): void {
    this.#frames.get(id)?.aim(target);
  }

  close(id: string): void {
    this.#memory.hide(id);
    this.#arrange();
    this.#remember();
  }

  toggle(id: string): void {
    if (this.#frames.get(id)?.isShown) this.close(id);
    else this.open(id);
  }

  /** Parts of the page that the keyboard can be brought to: the panels that are seen. */
  get regions(): Region[] {
    return [...this.#frames.values()].filter(({ isShown }) => isShown);
  }

  isShown(id: string): boolean {
    return this.#frames.get(id)?.isShown ?? false;
  }

  /** There is no room for the terminal. */
  get coversTerminal(): boolean {
    return this.#placed.some(({ covers }) => covers);
  }

  /** Closes what lies over the terminal. */
  uncoverTerminal(): void {
    for (const { id, covers } of this.#placed) if (covers) this.close(id);
  }

  #add(description: PanelDescription): void {
    const { id, places } = description;
    const button = document.querySelector<HTMLButtonElement>(`button[data-panel="${id}"]`);
    if (button === null) throw new Error(`index.html has no button for the panel "${id}".`);
    const frame = new Frame(description, button, {
      close: () => this.close(id),
      move: (place) => this.#move(id, place),
      resize: (size) => this.#resize(id, size),
      resized: () => this.#remember(),
    });
    this.#frames.set(id, frame);
    button.addEventListener('click', () => this.toggle(id));
    frame.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.close(id);
    });
    // The Tab key goes the way that the eye goes.
    if (places[0] === 'start') this.#stage.before(frame.element);
    else this.#workspace.append(frame.element);
  }

  #move(id: string, place: Place): void {
    this.#memory.wish(id, { place });
    this.show(id);
  }

  #resize(id: string, size: number | undefined): void {
    const panel = this.#placed.find((placed) => placed.id === id);
    if (panel === undefined) return;
    this.#memory.wish(id, panel.place === 'below' ? { height: size } : { width: size });
    this.#arrange();
  }

  #arrange(): void {
    this.#placed = arrange(this.#memory.open, this.#room());
    this.#workspace.dataset.covered = `${this.coversTerminal}`;
    for (const [id, frame] of this.#frames) {
      const panel = this.#placed.find((placed) => placed.id === id);
      if (panel === undefined) frame.hide();
      else frame.show(panel, this.#page);
    }
  }

  #room(): Room {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { clientWidth, clientHeight } = this.#workspace;
    const keys = this.#keys.offsetHeight;
    const typing = this.#stage.contains(document.activeElement);
    return { width: clientWidth / rem, height: clientHeight / rem, keys: keys / rem, typing };
  }

  #remember(): void {
    remember(RECORD, this.#memory);
  }
}
