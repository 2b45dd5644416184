import { afterEach, expect, it, vi } from 'vitest';
import type { MachineState } from '../../../src/machine/events.ts';
import { guardLeaving } from '../../../src/page/leave-guard.ts';

afterEach(() => vi.unstubAllGlobals());

/** Whether the page asks before it is left. */
function asks(typed: boolean, state: MachineState | null, running: boolean): boolean {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  let onKey = () => {};
  const terminal = {
    onKey: (listener: () => void) => {
      onKey = listener;
      return { dispose: () => {} };
    },
  };
  guardLeaving(terminal as never, { machine: state && { state } }, () => running);
  if (typed) onKey();
  return !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

it.each([
  ['a machine that was typed at', true, 'running', false, true],
  ['one that stands still', true, 'paused', false, true],
  ['one that nobody has used', false, 'running', false, false],
  ['one that is off', true, 'off', false, false],
  ['a job, without any machine', false, null, true, true],
  ['nothing', true, null, false, false],
] as const)('for %s', (_, typed, state, running, answer) => {
  expect(asks(typed, state, running)).toBe(answer);
});
