import type { Terminal } from '@xterm/xterm';
import type { Machine } from '../machine/index.ts';

/**
 * Asks before the tab closes once something was typed: Ctrl-W, which deletes a word in a shell, is
 * the browser's own key and ends the machine. A job that is under way would end as well.
 */
export function guardLeaving(
  terminal: Pick<Terminal, 'onKey'>,
  session: { readonly machine: Pick<Machine, 'state'> | null },
  jobs: { readonly running: boolean },
): void {
  let typed = false;
  terminal.onKey(() => {
    typed = true;
  });
  addEventListener('beforeunload', (event) => {
    const state = session.machine?.state;
    const working = typed && (state === 'running' || state === 'paused');
    if (working || jobs.running) event.preventDefault();
  });
}
