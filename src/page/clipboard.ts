import type { Terminal } from '@xterm/xterm';

/**
 * Copies the selection on Ctrl-Shift-C and Ctrl-Insert. Plain Ctrl-C belongs to the guest. Pasting
 * needs nothing here: the browser's Ctrl-Shift-V, Shift-Insert and menu make a paste event,
 * which xterm.js takes, in brackets where the guest has asked for that.
 */
export function isCopyKey(event: KeyboardEvent): boolean {
  if (!event.ctrlKey || event.altKey || event.metaKey) return false;
  return event.shiftKey ? event.code === 'KeyC' : event.code === 'Insert';
}

export async function copySelection(terminal: Terminal): Promise<void> {
  if (terminal.hasSelection()) await navigator.clipboard.writeText(terminal.getSelection());
}

/** Copies a text that a button stands for. @returns false when the browser lets the page copy nothing */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
