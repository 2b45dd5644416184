/** A line of a list: made once, and then told what it shows. */
export interface Row<Item> {
  readonly element: HTMLElement;
  show(item: Item): void;
}

/**
 * A list whose rows stay while what they show changes: whatever has the focus keeps it. Where a
 * row that has it goes, the focus moves to the row that takes its place, or to the list's section.
 */
export class RowList<Item, Kind extends Row<Item>> {
  readonly #list: HTMLElement;
  readonly #keyOf: (item: Item) => unknown;
  readonly #make: (item: Item) => Kind;
  #rows = new Map<unknown, Kind>();

  /** @param keyOf what makes an item the same as one that was shown before */
  constructor(list: HTMLElement, keyOf: (item: Item) => unknown, make: (item: Item) => Kind) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  get rows(): readonly Kind[] {
    return [...this.#rows.values()];
  }

  show(items: readonly Item[]): void {
    const rows = new Map<unknown, Kind>();
    for (const item of items) {
      const key = this.#keyOf(item);
      const row = this.#rows.get(key) ?? this.#make(item);
      row.show(item);
      rows.set(key, row);
    }
    for (const [key, row] of this.#rows) if (!rows.has(key)) this.#remove(row.element);
    this.#rows = rows;
    this.#arrange([...rows.values()].map(({ element }) => element));
  }

  #remove(element: HTMLElement): void {
    const neighbour = element.nextElementSibling ?? element.previousElementSibling;
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    if (!hadFocus) return;
    const button = neighbour?.querySelector<HTMLElement>('button:not(:disabled)');
    const heading = this.#list.parentElement?.querySelector<HTMLElement>('[tabindex="-1"]');
    (button ?? heading)?.focus();
  }

  /** Moves only what is not where it belongs: an element that is moved loses its focus. */
  #arrange(elements: readonly HTMLElement[]): void {
    let place = this.#list.firstElementChild;
    for (const element of elements) {
      if (element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(element, place);
    }
  }
}
