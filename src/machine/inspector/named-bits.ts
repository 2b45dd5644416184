import type { BitMeaning } from '../../link/features.ts';

/** A bit by the specification's name. */
export interface NamedBit extends BitMeaning {
  /** `bit 37` for one that nobody here knows, which then has no section and no meaning. */
  name: string;
}

/** Those of the bits `has` of 0 to `count` - 1 that are set, by name. */
export function nameBits(
  has: (bit: number) => boolean,
  count: number,
  names: Readonly<Record<string, BitMeaning>>,
): NamedBit[] {
  const named: NamedBit[] = [];
  for (let bit = 0; bit < count; bit++) if (has(bit)) named.push(nameBit(bit, names));
  return named;
}

function nameBit(bit: number, names: Readonly<Record<string, BitMeaning>>): NamedBit {
  for (const [name, meaning] of Object.entries(names)) {
    if (meaning.bit === bit) return { name, ...meaning };
  }
  return { bit, name: `bit ${bit}`, section: '', meaning: '' };
}
