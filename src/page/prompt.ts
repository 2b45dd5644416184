import type { Terminal } from '@xterm/xterm';

/** What a shell's prompt ends with. */
const PROMPT = /[#$] $/;

/** Whether a shell waits for a command, as far as can be seen: its prompt stands before the cursor. */
export function isAtPrompt({ buffer }: Terminal): boolean {
  const { baseY, cursorY, cursorX } = buffer.active;
  const line = buffer.active.getLine(baseY + cursorY)?.translateToString(false, 0, cursorX) ?? '';
  return PROMPT.test(line);
}

/** Resolves when a shell waits for a command. @throws the signal's reason */
export function untilPrompt(terminal: Terminal, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (isAtPrompt(terminal)) {
      resolve();
      return;
    }
    const written = terminal.onWriteParsed(() => {
      if (!isAtPrompt(terminal)) return;
      written.dispose();
      resolve();
    });
    signal.addEventListener('abort', () => {
      written.dispose();
      reject(signal.reason);
    });
  });
}
