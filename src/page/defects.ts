/**
 * Has somebody told of failures that nobody else tells of: what was thrown in an event's listener, and
 * promises whose failure nobody hears. The browser's console has them all the same.
 */
export function watchForDefects(tell: (reason: unknown) => void): void {
  addEventListener('error', ({ error }) => {
    // Without an error it is the browser's own word, such as that of a ResizeObserver which takes
    // two rounds, or of a script that some extension has put here.
    if (error) tell(error);
  });
  addEventListener('unhandledrejection', ({ reason }) => {
    if (!isAbort(reason)) tell(reason);
  });
}

/** Somebody has not wanted it any more. */
function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError';
}
