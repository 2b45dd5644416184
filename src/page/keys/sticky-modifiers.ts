import { type Modifiers, modified, NO_MODIFIERS } from './sequences.ts';

const ESCAPE = '\x1b';

/** Ctrl and Alt of the keys on the screen: pressed before the key that they are for, not with it. */
export class StickyModifiers {
  readonly #onChange: (held: Modifiers) => void;
  #held: Modifiers = NO_MODIFIERS;

  constructor(onChange: (held: Modifiers) => void) {
    this.#onChange = onChange;
  }

  get held(): Modifiers {
    return this.#held;
  }

  /** Holds it for the next key, or lets it go. */
  toggle(name: keyof Modifiers): void {
    this.#set({ ...this.#held, [name]: !this.#held[name] });
  }

  /** For a key that is being pressed; afterwards nothing is held. */
  take(): Modifiers {
    const held = this.#held;
    if (held.control || held.alt) this.#set(NO_MODIFIERS);
    return held;
  }

  /** What is sent for something that was typed at another keyboard. */
  apply(typed: string): string {
    // Answers of the terminal, mouse reports and pastes in brackets come the same way, and are no keys.
    if (typed.startsWith(ESCAPE)) return typed;
    const held = this.take();
    return [...typed].length === 1 ? modified(typed, held) : typed;
  }

  #set(held: Modifiers): void {
    this.#held = held;
    this.#onChange(held);
  }
}
