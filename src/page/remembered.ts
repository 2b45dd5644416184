/** What the names in the browser's storage begin with: other pages of the host have theirs. */
const PREFIX = 'ringbox.';

/**
 * What this browser remembers of how somebody likes the page; undefined for nothing, for nonsense, and in a
 * browser that gives the page no storage. Anybody can have written it: it is to be checked.
 */
export function recall(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? '') as unknown;
  } catch {
    return undefined;
  }
}

/** Remembers a value that JSON can hold, if the browser lets the page. */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A page that forgets works as well.
  }
}
