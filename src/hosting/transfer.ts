import { gzipSync } from 'node:zlib';
import type { BuiltFile } from './built-folder.ts';

/** What a visitor's browser fetches before the prompt has at most so many bytes, compressed. */
export const TRANSFER_LIMIT = 6_000_000;

/** What is fetched when it is asked for, or once the guest is at rest. Everything else comes before the prompt. */
const LATER = [/^assets\/disk-work-/, /^guest\/seabios-/, /^icons\//];

/** What hosts compress that compress at all: text, by its type. */
const COMPRESSED_BY_HOSTS = /\.(css|html|js|json|svg|webmanifest)$/;

/** Bytes on their way to the browser. */
export interface Transfer {
  path: string;
  /** From a host that sends files as they are. */
  plain: number;
  /** From one that compresses text, by gzip with its usual effort. */
  compressed: number;
}

export function isBeforePrompt(path: string): boolean {
  return !LATER.some((pattern) => pattern.test(path));
}

/** What is transferred from click to prompt, file by file, the largest first. */
export function transferBeforePrompt(files: readonly BuiltFile[]): Transfer[] {
  return files
    .filter(({ path }) => isBeforePrompt(path))
    .map(({ path, content }) => {
      const isText = COMPRESSED_BY_HOSTS.test(path);
      const compressed = isText ? gzipSync(content).length : content.length;
      return { path, plain: content.length, compressed };
    })
    .sort((one, other) => other.compressed - one.compressed);
}

export function totalTransfer(transfers: readonly Transfer[]): Omit<Transfer, 'path'> {
  const sum = (part: 'plain' | 'compressed') =>
    transfers.reduce((total, transfer) => total + transfer[part], 0);
  return { plain: sum('plain'), compressed: sum('compressed') };
}

const WIDTH = 12;

/** For a terminal: each file and the sum, in kB. */
export function formatTransfers(transfers: readonly Transfer[]): string {
  const total = { path: 'in all', ...totalTransfer(transfers) };
  const longest = Math.max(...[...transfers, total].map(({ path }) => path.length));
  const row = (path: string, ...cells: string[]) =>
    `  ${path.padEnd(longest)}${cells.map((cell) => cell.padStart(WIDTH)).join('')}\n`;
  const line = ({ path, plain, compressed }: Transfer) =>
    row(path, formatKilobytes(compressed), formatKilobytes(plain));
  const limit = formatKilobytes(TRANSFER_LIMIT);
  return [
    `From click to prompt, in kB: from a host that compresses text (gzip), and from one that does not\n\n`,
    row('', 'gzip', 'as it is'),
    ...transfers.map(line),
    line(total),
    total.compressed > TRANSFER_LIMIT
      ? `\n  This is more than the ${limit} kB that are promised.\n`
      : '',
  ].join('');
}

function formatKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
