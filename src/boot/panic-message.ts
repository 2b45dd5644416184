import type { GuestMemory } from '../ring/guest-memory.ts';

const MARK = 'Kernel panic - not syncing: ';
const LONGEST_MESSAGE = 256;
/** Searched without a pause: a few milliseconds. */
const PIECE = 1024 * 1024;

/**
 * What a panicked Linux has said, from its log in memory: a kernel can panic before it has a
 * console. It searches the guest's RAM piece by piece, with a pause for the page after each.
 * @returns the message, or null when there is none
 */
export async function findPanicMessage(memory: GuestMemory): Promise<string | null> {
  const bytes = new Uint8Array(PIECE + MARK.length + LONGEST_MESSAGE);
  const decoder = new TextDecoder('latin1');
  for (let address = 0; address < memory.size; address += PIECE) {
    const length = Math.min(bytes.length, memory.size - address);
    memory.copyOut(address, bytes, 0, length);
    const message = messageIn(decoder.decode(bytes.subarray(0, length)));
    if (message !== null) return message;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return null;
}

function messageIn(text: string): string | null {
  for (let at = text.indexOf(MARK); at !== -1; at = text.indexOf(MARK, at + 1)) {
    const [message] = /^[\x20-\x7e]*/.exec(text.slice(at + MARK.length).slice(0, LONGEST_MESSAGE))!;
    // The kernel's own format string is there too.
    if (message !== '' && !message.startsWith('%')) return message;
  }
  return null;
}
