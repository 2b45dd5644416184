/**
 * Makes one stop of the Tab key of a row or column of buttons: the arrow keys go from one to the next, as in a toolbar.
 * Buttons may come and go.
 */
export function makeRoving(container: HTMLElement): void {
  const items = () => [...container.querySelectorAll<HTMLElement>('button:not([hidden])')];
  container.addEventListener('focusin', ({ target }) => {
    for (const item of items()) item.tabIndex = item === target ? 0 : -1;
  });
  container.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    if (at === -1) return;
    event.preventDefault();
    const to = Number.isFinite(step) ? at + step : step < 0 ? 0 : all.length - 1;
    all[Math.min(all.length - 1, Math.max(0, to))].focus();
  });
}

/** What is to be a stop of the Tab key in a container: the first, or the one that is `current`. */
export function setStop(container: HTMLElement, current: Element | null): void {
  const all = [...container.querySelectorAll<HTMLElement>('button')];
  const stop = all.find((item) => item === current) ?? all[0];
  for (const item of all) item.tabIndex = item === stop ? 0 : -1;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
