import type { Terminal } from '@xterm/xterm';
import type { Machine } from '../machine/index.ts';

/**
 * Asks before the tab closes once something was typed: Ctrl-W, which deletes a word in a shell, is
 * the browser's own key and ends the machine. Work that is under way would end as well.
 * @param isWorking whether there is any
 */
export function guardLeaving(
  terminal: Pick<Terminal, 'onKey'>,
  session: { readonly machine: Pick<Machine, 'state'> | null },
  isWorking: () => boolean,
): void {
  let typed = false;
  terminal.onKey(() => {
    typed = true;
  });
  addEventListener('beforeunload', (event) => {
    const state = session.machine?.state;
    const used = typed && (state === 'running' || state === 'paused');
    if (used || isWorking()) event.preventDefault();
  });
}
