import type { Terminal } from '@xterm/xterm';
import { byId } from '../elements.ts';
import { type Modifiers, sequenceOf } from './sequences.ts';
import { StickyModifiers } from './sticky-modifiers.ts';

/** Milliseconds until a key that is held begins to repeat, and between two repetitions. */
const REPEAT_DELAY = 450;
const REPEAT_INTERVAL = 70;

/** The keys below the terminal that a keyboard on a screen does not have. */
export class KeyRow {
  readonly #terminal: Terminal;
  readonly #row = byId('keys', HTMLElement);
  readonly #modifiers = new StickyModifiers((held) => this.#showHeld(held));
  #repeating: number | undefined;
  #hasRepeated = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // Whatever has the focus keeps it, and with it the keyboard on the screen.
    this.#row.addEventListener('mousedown', (event) => event.preventDefault());
    this.#row.addEventListener('contextmenu', (event) => event.preventDefault());
    for (const button of this.#row.querySelectorAll('button')) this.#listen(button);
  }

  /** What is sent for something that was typed at another keyboard while Ctrl or Alt is held here. */
  modify(typed: string): string {
    return this.#modifiers.apply(typed);
  }

  #listen(button: HTMLButtonElement): void {
    const { key, modifier } = button.dataset;
    if (modifier !== undefined) {
      button.addEventListener('click', () => {
        this.#modifiers.toggle(modifier as keyof Modifiers);
        // It waits for a key of the other keyboard.
        this.#terminal.focus();
      });
    } else if (key !== undefined) {
      button.addEventListener('click', () => {
        // The end of a long press is no press of its own.
        if (!this.#hasRepeated) this.#press(key);
        this.#hasRepeated = false;
      });
      if (key.startsWith('Arrow')) this.#repeatWhileHeld(button, key);
    }
  }

  #repeatWhileHeld(button: HTMLButtonElement, key: string): void {
    const repeat = (delay: number) => {
      this.#repeating = window.setTimeout(() => {
        this.#hasRepeated = true;
        this.#press(key);
        repeat(REPEAT_INTERVAL);
      }, delay);
    };
    const stop = () => clearTimeout(this.#repeating);
    button.addEventListener('pointerdown', () => {
      stop();
      this.#hasRepeated = false;
      repeat(REPEAT_DELAY);
    });
    for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
      button.addEventListener(end, stop);
    }
  }

  #press(key: string): void {
    const { applicationCursorKeysMode } = this.#terminal.modes;
    const held = this.#modifiers.take();
    this.#terminal.input(sequenceOf(key, held, applicationCursorKeysMode));
  }

  #showHeld(held: Modifiers): void {
    for (const button of this.#row.querySelectorAll<HTMLElement>('[data-modifier]')) {
      const modifier = button.dataset.modifier as keyof Modifiers;
      button.ariaPressed = `${held[modifier]}`;
    }
  }
}
