import type { GuestMemory } from '../ring/guest-memory.ts';

const MARK = 'Kernel panic - not syncing: ';
/** The kernel's last line, which says where the message ends. */
const LAST_LINE = /---\[ end Kernel panic - not syncing: ((?!%)[\x20-\x7e]{1,256}?) \]---/;
const LONGEST_MESSAGE = 256;
/** Searched without a pause: a few milliseconds. */
const PIECE = 1024 * 1024;

/**
 * What a panicked Linux has said, from its log in memory: a kernel can panic before it has a
 * console. It searches the guest's RAM piece by piece, with a pause for the page after each.
 * @returns the message, or null when there is none
 */
export async function findPanicMessage(memory: GuestMemory): Promise<string | null> {
  const bytes = new Uint8Array(PIECE + 2 * LONGEST_MESSAGE);
  const decoder = new TextDecoder('latin1');
  let cutShort: string | null = null;
  for (let address = 0; address < memory.size; address += PIECE) {
    const length = Math.min(bytes.length, memory.size - address);
    memory.copyOut(address, bytes, 0, length);
    const text = decoder.decode(bytes.subarray(0, length));
    const whole = LAST_LINE.exec(text)?.[1];
    if (whole !== undefined) return whole;
    cutShort ??= firstLine(text);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return cutShort;
}

/** The message of the first line that the kernel prints; what follows it in memory may stick to it. */
function firstLine(text: string): string | null {
  for (let at = text.indexOf(MARK); at !== -1; at = text.indexOf(MARK, at + 1)) {
    const [message] = /^[\x20-\x7e]*/.exec(text.slice(at + MARK.length).slice(0, LONGEST_MESSAGE))!;
    // The kernel's own format string is there too.
    if (message !== '' && !message.startsWith('%')) return message;
  }
  return null;
}
