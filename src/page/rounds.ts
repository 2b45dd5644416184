/** A part of the page that the keyboard can be brought to. */
export interface Region {
  readonly element: Element;
  focus(): void;
}

/** What leads on from one part of the page to the next: a terminal keeps the Tab key for its guest. */
export function isRoundsKey(event: KeyboardEvent): boolean {
  return event.ctrlKey && event.shiftKey && !event.altKey && event.code === 'KeyL';
}

/**
 * Brings the keyboard to the next part, or from outside of all of them to the first.
 * @param regions in the order of the rounds
 */
export function goOn(regions: readonly Region[]): void {
  const here = regions.findIndex(({ element }) => element.contains(document.activeElement));
  regions[(here + 1) % regions.length]?.focus();
}
