/** A piece of time that somebody has selected, from `from` on and before `to`: numbers and events are of that alone. Milliseconds. */
export interface TimeRange {
  from: number;
  to: number;
}

/** No two events that can be told apart are nearer: an event at the end of a range belongs to it. */
const INSTANT = 0.0001;

/** All from one moment to the other, whichever comes first; both belong to it. */
export function rangeBetween(one: number, other: number): TimeRange {
  return { from: Math.min(one, other), to: Math.max(one, other) + INSTANT };
}
