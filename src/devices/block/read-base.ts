import type { BaseImage, Pending, ReadTarget } from './backend.ts';

/** Reads what a disk holds where nothing was written: bytes of its base, zeros beyond its end. */
export function readBase(
  base: BaseImage | null,
  offset: number,
  length: number,
  target: ReadTarget,
): Pending {
  const inBase = Math.max(0, Math.min(length, (base?.size ?? 0) - offset));
  if (inBase < length) target.putZeroes(inBase, length - inBase);
  return inBase > 0 ? base?.read(offset, inBase, target) : undefined;
}
