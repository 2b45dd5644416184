import type { LessonPlace } from '../arrival.ts';
import type { Failure } from '../failure.ts';
import type { Lesson } from './lesson.ts';

/** What a link asks for that there is not: its lesson, or its step in that; null when it leads somewhere. */
export function missingPlace(
  lessons: readonly Lesson[],
  { lesson, step }: LessonPlace,
): Failure | null {
  const known = lessons.find(({ id }) => id === lesson);
  if (known === undefined) {
    return {
      message: `The address asks for a lesson “${lesson}”, which there is not.`,
      remedy: `The lessons are called ${lessons.map(({ id }) => id).join(', ')}.`,
    };
  }
  if (step === undefined || known.steps.some(({ id }) => id === step)) return null;
  return {
    message: `The address asks for a step “${step}” of the lesson “${known.title}”, which has none of that name.`,
    remedy:
      'The lesson is open where you left it. “Copy link” above a step makes an address that leads there.',
  };
}
