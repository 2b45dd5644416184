import type { Lesson } from './lesson.ts';

/** A step of a lesson, by their ids. */
export interface Place {
  lesson: string;
  step: string;
}

/** What goes into the browser's storage. */
export interface ProgressRecord {
  /** By the id of a lesson the ids of the steps that are done. */
  done: Record<string, readonly string[]>;
  /** Where the learner is; null in the list of lessons. */
  at: Place | null;
}

/** How far a learner is. */
export class Progress {
  readonly #done = new Map<string, Set<string>>();
  at: Place | null;

  /** @param remembered a record, or whatever there is instead: what of it makes no sense is forgotten */
  constructor(lessons: readonly Lesson[], remembered: unknown) {
    const record = fieldsOf(remembered);
    const done = fieldsOf(record.done);
    for (const { id, steps } of lessons) {
      const ids: unknown = Object.hasOwn(done, id) ? done[id] : [];
      const known = steps.map((step) => step.id).filter((step) => includes(ids, step));
      this.#done.set(id, new Set(known));
    }
    this.at = readPlace(lessons, fieldsOf(record.at));
  }

  isDone(lesson: string, step: string): boolean {
    return this.#done.get(lesson)?.has(step) ?? false;
  }

  /** Steps of a lesson that are done. */
  count(lesson: string): number {
    return this.#done.get(lesson)?.size ?? 0;
  }

  complete({ lesson, step }: Place): void {
    this.#done.get(lesson)?.add(step);
  }

  restart(lesson: string): void {
    this.#done.get(lesson)?.clear();
  }

  toJSON(): ProgressRecord {
    const done = Array.from(this.#done, ([lesson, steps]) => [lesson, [...steps]] as const);
    return { done: Object.fromEntries(done), at: this.at };
  }
}

function readPlace(lessons: readonly Lesson[], { lesson, step }: Record<string, unknown>) {
  const known = lessons.find(({ id }) => id === lesson);
  const found = known?.steps.find(({ id }) => id === step);
  return known === undefined || found === undefined ? null : { lesson: known.id, step: found.id };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function includes(list: unknown, item: string): boolean {
  return Array.isArray(list) && list.includes(item);
}
