/** One file on its way. */
export interface Transfer {
  readonly name: string;
  /** Bytes that are to come, as far as anyone knows. */
  readonly total: number | null;
  received: number;
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

function unitFor(bytes: number): number {
  let power = 0;
  // 999,950 would read "1000.0 kB" after rounding, hence not simply 1000.
  while (power < UNITS.length - 1 && bytes >= 999.95 * 1000 ** power) power++;
  return power;
}

function inUnit(bytes: number, power: number): string {
  return (bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1);
}

/** Bytes for people, in decimal units with one digit after the point: "3.1 MB". */
export function formatBytes(bytes: number): string {
  const power = unitFor(bytes);
  return `${inUnit(bytes, power)} ${UNITS[power]}`;
}

/** The part that has come, from 0 to 1, or null where the total is not known. */
export function fraction({ received, total }: Transfer): number | null {
  if (total === null || total <= 0) return null;
  // A host may unpack the file on its way; then more arrives than was announced.
  return Math.min(1, received / total);
}

/** Both numbers in the unit of the total, so that the text keeps its form: "0.4 of 3.1 MB". */
export function formatTransfer(transfer: Transfer): string {
  const { received, total } = transfer;
  if (total === null) return formatBytes(received);
  const power = unitFor(total);
  return `${inUnit(Math.min(received, total), power)} of ${inUnit(total, power)} ${UNITS[power]}`;
}

/** Whole percents, rounded down: 100 is not shown before it is true. */
export function formatPercent(part: number | null): string {
  return part === null ? '' : `${Math.floor(part * 100)} %`;
}

/** The part of all transfers together; those of unknown size do not count. */
export function overallFraction(transfers: Iterable<Transfer>): number {
  let received = 0;
  let total = 0;
  for (const transfer of transfers) {
    if (transfer.total === null) continue;
    received += Math.min(transfer.received, transfer.total);
    total += transfer.total;
  }
  return total === 0 ? 0 : received / total;
}
