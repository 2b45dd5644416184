import { create, createButton, setText } from '../elements.ts';
import type { MachineWorld } from './world.ts';

/** The foot of the panel: what of the machine is held, and its way on. Its room is always there. */
export class HeldLine {
  readonly element = create('div', 'held-line');
  readonly #words = create('span', '');
  readonly #release: HTMLButtonElement;

  constructor(release: () => void) {
    this.#release = createButton('Release', 'button button-small', release);
    this.#release.hidden = true;
    this.element.append(this.#words, this.#release);
  }

  show(world: MachineWorld | null): void {
    const held = world?.held ?? [];
    const names = held.map(({ name, held: all }) =>
      all ? `${name} is held` : `${name} interrupts nobody`,
    );
    setText(this.#words, held.length === 0 ? 'Nothing is held.' : `${names.join(', ')}.`);
    this.#release.hidden = held.length === 0;
  }
}
