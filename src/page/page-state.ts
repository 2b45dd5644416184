import type { MachineState } from '../machine/events.ts';
import { byId, setText } from './elements.ts';

/**
 * What the page shows; `halted` is a running machine whose guest waits for an interrupt. It stands
 * in the `data-state` attribute of the document's root, for styles and for tests.
 */
export type PageState =
  | 'loading'
  | 'ready'
  | 'running'
  | 'halted'
  | 'paused'
  | 'off'
  | 'panicked'
  | 'error';

export const STATE_LABELS: Readonly<Record<PageState, string>> = {
  loading: 'Loading',
  ready: 'Ready',
  running: 'Running',
  halted: 'Halted',
  paused: 'Paused',
  off: 'Off',
  panicked: 'Panicked',
  error: 'Error',
};

export const STATE_MEANINGS: Readonly<Record<PageState, string>> = {
  loading: 'The machine is being made',
  ready: 'The machine is made and about to start',
  running: 'The guest executes instructions',
  halted: 'The guest has nothing to do and waits for an interrupt',
  paused: 'The machine stands still until it is resumed',
  off: 'The guest has powered off',
  panicked: 'The guest’s kernel has panicked',
  error: 'There is no working machine',
};

/** The page's word for a machine's state, before anyone looks whether the guest is halted. */
export function pageState(state: MachineState): PageState {
  if (state === 'failed' || state === 'disposed') return 'error';
  return state;
}

export function showPageState(state: PageState): void {
  document.documentElement.dataset.state = state;
  const label = byId('state', HTMLElement);
  setText(label, STATE_LABELS[state]);
  label.parentElement!.title = STATE_MEANINGS[state];
}
