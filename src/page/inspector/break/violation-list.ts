import type { Violation } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { explain } from '../explanation.ts';
import type { Term } from '../glossary.ts';
import { makeRoving, setStop } from '../roving.ts';
import { GROUP_NAMES } from './words.ts';

/** The mistakes that can be made with a device; a press makes one. */
export class ViolationList {
  readonly element = create('div', 'violations');
  readonly #onChoose: (violation: Violation) => void;
  readonly #buttons = new Map<string, HTMLButtonElement>();

  constructor(onChoose: (violation: Violation) => void) {
    this.#onChoose = onChoose;
    this.element.setAttribute('role', 'toolbar');
    this.element.ariaLabel = 'Mistakes of a driver';
    this.element.ariaOrientation = 'vertical';
    makeRoving(this.element);
  }

  show(violations: readonly Violation[]): void {
    this.#buttons.clear();
    const groups = Object.entries(GROUP_NAMES).flatMap(([group, name]) => {
      const own = violations.filter((violation) => violation.group === group);
      if (own.length === 0) return [];
      const items = own.map((violation) => this.#createButton(violation));
      return [create('div', 'violation-group', create('h3', 'readings-title', name), ...items)];
    });
    this.element.replaceChildren(...groups);
    setStop(this.element, null);
  }

  /** @param id of the one whose answer is shown; null for none */
  markChosen(id: string | null): void {
    for (const [own, button] of this.#buttons) button.ariaPressed = `${own === id}`;
  }

  #createButton(violation: Violation): HTMLElement {
    const button = create('button', 'violation', violation.title);
    button.type = 'button';
    button.ariaPressed = 'false';
    button.addEventListener('click', () => this.#onChoose(violation));
    explain(button, () => ({ term: termOfViolation(violation), now: '' }));
    this.#buttons.set(violation.id, button);
    return button;
  }
}

/** What is wrong about it. */
function termOfViolation({ title, rule }: Violation): Term {
  const clause = rule && { section: rule.section, text: '' };
  return { name: title, meaning: rule?.text ?? 'The specification does not speak of it.', clause };
}
