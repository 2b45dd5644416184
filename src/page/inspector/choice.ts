import { create, createButton } from '../elements.ts';

export interface Option<Id extends string> {
  id: Id;
  label: string;
}

/** Some of which one is chosen, as buttons in a row: by the arrow keys as well. */
export class Choice<Id extends string> {
  readonly element: HTMLElement;
  readonly #buttons = new Map<Id, HTMLButtonElement>();
  readonly #onChoose: (id: Id) => void;
  #chosen: Id;

  /**
   * @param role `tab` where each has a part of the page of its own, `#ID-tab-OPTION` by its label
   * @param id unique in the page
   */
  constructor(
    id: string,
    role: 'tab' | 'radio',
    label: string,
    options: readonly Option<Id>[],
    onChoose: (id: Id) => void,
  ) {
    this.#onChoose = onChoose;
    this.#chosen = options[0].id;
    this.element = create('div', 'choice');
    this.element.setAttribute('role', role === 'tab' ? 'tablist' : 'radiogroup');
    this.element.ariaLabel = label;
    for (const option of options) {
      const button = createButton(option.label, 'choice-option', () => this.choose(option.id));
      button.id = `${id}-${role}-${option.id}`;
      button.setAttribute('role', role);
      if (role === 'tab') button.setAttribute('aria-controls', `${id}-panel-${option.id}`);
      this.#buttons.set(option.id, button);
      this.element.append(button);
    }
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#mark(role);
  }

  get chosen(): Id {
    return this.#chosen;
  }

  choose(id: Id): void {
    const changed = id !== this.#chosen;
    this.#chosen = id;
    this.#mark(this.element.role === 'tablist' ? 'tab' : 'radio');
    if (changed) this.#onChoose(id);
  }

  #mark(role: 'tab' | 'radio'): void {
    for (const [id, button] of this.#buttons) {
      const chosen = id === this.#chosen;
      button.setAttribute(role === 'tab' ? 'aria-selected' : 'aria-checked', `${chosen}`);
      button.tabIndex = chosen ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    const ids = [...this.#buttons.keys()];
    const at = ids.indexOf(this.#chosen);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: ids.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const id = ids[(to + ids.length) % ids.length];
    this.choose(id);
    this.#buttons.get(id)?.focus();
  }
}
