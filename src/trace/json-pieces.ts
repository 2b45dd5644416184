import { nextTask } from '../link/next-task.ts';

/** Items that become text at once: some milliseconds of work. */
const ITEMS_AT_ONCE = 4000;

/**
 * An object as JSON text whose last member, `name`, is an array of `items`, one a line. It is made piece by piece, and
 * whoever else has work on this thread gets a turn after each.
 */
export async function jsonPieces(
  head: object,
  name: string,
  items: Iterable<unknown>,
): Promise<Blob> {
  const open = JSON.stringify(head).slice(0, -1);
  const pieces: string[] = [`${open}${open.length > 1 ? ',' : ''}"${name}":[`];
  let lines: string[] = [];
  let separator = '\n';
  const flush = () => {
    if (lines.length > 0) pieces.push(separator, lines.join(',\n'));
    if (lines.length > 0) separator = ',\n';
    lines = [];
  };
  for (const item of items) {
    lines.push(JSON.stringify(item));
    if (lines.length < ITEMS_AT_ONCE) continue;
    flush();
    await nextTask();
  }
  flush();
  pieces.push('\n]}\n');
  return new Blob(pieces, { type: 'application/json' });
}
