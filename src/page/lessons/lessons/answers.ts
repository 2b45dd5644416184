import { done, notYet, type Verdict } from '../lesson.ts';

/** Whether what was typed is one of these numbers, and what is said then. */
export function judgeNumber(
  answer: string,
  expected: readonly number[],
  words: { right: string; wrong(answer: number): string },
): Verdict {
  const number = /^\d{1,10}$/.test(answer) ? Number(answer) : null;
  if (number === null) return notYet('Write a whole number, in digits.');
  return expected.includes(number) ? done(words.right) : notYet(words.wrong(number));
}

/** So many chains may come and go between a look and an answer: Linux uses its disk by itself. */
const SLACK = 16;

/** An index as it is, and as it was a moment ago: free-running, 16 bits. */
export function lately(index: number): number[] {
  return Array.from({ length: SLACK }, (_, back) => (index - back) & 0xffff);
}

/** `1 chain`, `3 chains`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
