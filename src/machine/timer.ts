/** A longer time a timer takes for none at all. */
const LONGEST_TIME = 0x7fffffff;

/** Calls `action` after `milliseconds`, if they are not too many for any timer (24 days). */
export function startTimer(
  milliseconds: number,
  action: () => void,
): ReturnType<typeof setTimeout> | undefined {
  return milliseconds <= LONGEST_TIME ? setTimeout(action, milliseconds) : undefined;
}
