const SEGMENTS = 16;
/** Of the circle's pathLength of 160. */
const SEGMENT = 10;
const GAP = 2.5;

/** The dash pattern that lights the first segments of the ring in index.html. */
export function litPattern(part: number): string {
  const lit = Math.round(Math.min(1, Math.max(0, part)) * SEGMENTS);
  if (lit === 0) return `0 ${SEGMENTS * SEGMENT}`;
  const dashes = Array.from({ length: lit }, () => [SEGMENT - GAP, GAP]).flat();
  const dark = (SEGMENTS - lit) * SEGMENT;
  return [...dashes.slice(0, -1), GAP + dark].join(' ');
}
