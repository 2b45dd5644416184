import { VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../ring/layout.ts';

/** `1 chain`, `2 chains`. */
export function counted(count: number, what: string): string {
  return `${formatNumber(count)} ${what}${count === 1 ? '' : 's'}`;
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** With separators: `12,345`. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A guest-physical address: `0x0012a000`. */
export function formatAddress(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

/** `0x0f`; @param width bytes */
export function formatHex(value: number, width: number): string {
  return `0x${value.toString(16).padStart(2 * width, '0')}`;
}

const FLAGS = [
  [VIRTQ_DESC_F_NEXT, 'NEXT'],
  [VIRTQ_DESC_F_WRITE, 'WRITE'],
  [VIRTQ_DESC_F_INDIRECT, 'INDIRECT'],
] as const;
const KNOWN_FLAGS = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_INDIRECT;

/** Flags of a descriptor by name: `NEXT WRITE`; `–` for none. */
export function formatFlags(flags: number): string {
  const names: string[] = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const unknown = flags & ~KNOWN_FLAGS;
  if (unknown !== 0) names.push(formatHex(unknown, 2));
  return names.join(' ') || '–';
}

/** A time of microseconds, three digits: `0.85 µs`, `12.3 µs`, `4.56 ms`, `1.20 s`. */
export function formatMicroseconds(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  if (magnitude < 999.5) return `${threeDigits(value)} µs`;
  if (magnitude < 999_500) return `${threeDigits(value / 1000)} ms`;
  return `${threeDigits(value / 1_000_000)} s`;
}

function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < 9.995) return value.toFixed(2);
  return magnitude < 99.95 ? value.toFixed(1) : value.toFixed(0);
}
