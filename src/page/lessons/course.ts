import type { ScratchAnswer, ScratchRequest } from '../../machine/index.ts';
import { type Lesson, notYet, type Step, type Verdict } from './lesson.ts';
import { Progress, type ProgressRecord } from './progress.ts';
import { LessonProblem, type World } from './world.ts';

/** A world that can be asked to trace. */
export interface TracingWorld extends World {
  traces(wanted: boolean): boolean;
}

export interface CourseEvents {
  /** Another lesson or step is there, or what is known of this one has changed. */
  changed(): void;
  /** A step is done. */
  done(step: Step, verdict: Verdict): void;
  /** Progress is to be kept. */
  keep(progress: ProgressRecord): void;
}

const NOTHING: Verdict = notYet('');

/**
 * A learner's way through the lessons: which step they are at, and what the machine says of it. It knows nothing of the
 * page, and does nothing but in `look`, `answer` and `attempt`.
 */
export class Course {
  readonly lessons: readonly Lesson[];
  readonly #progress: Progress;
  readonly #events: CourseEvents;
  #world: TracingWorld | null = null;
  #lesson: Lesson | null = null;
  #position = 0;
  #verdict = NOTHING;
  #looking: (() => Verdict) | null = null;

  /** @param remembered the progress that was kept, or whatever there is instead */
  constructor(lessons: readonly Lesson[], remembered: unknown, events: CourseEvents) {
    this.lessons = lessons;
    this.#events = events;
    this.#progress = new Progress(lessons, remembered);
    const { at } = this.#progress;
    if (at !== null) this.#place(at.lesson, at.step);
  }

  /** The lesson that is open; null for the list of them. */
  get lesson(): Lesson | null {
    return this.#lesson;
  }

  get step(): Step | null {
    return this.#lesson?.steps[this.#position] ?? null;
  }

  /** Of the present step, from 0. */
  get position(): number {
    return this.#position;
  }

  /** What the machine says of the present step. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /** The present step is done, now or earlier. */
  get isDone(): boolean {
    return this.isDoneAt(this.#position);
  }

  /** The step in that position of the lesson is done. */
  isDoneAt(position: number): boolean {
    const step = this.#lesson?.steps[position];
    return step !== undefined && this.#progress.isDone(this.#lesson?.id ?? '', step.id);
  }

  /** Steps of a lesson that are done. */
  count(lesson: Lesson): number {
    return this.#progress.count(lesson.id);
  }

  /** Looks at another machine from now on; null for none. */
  connect(world: TracingWorld | null): void {
    this.#world?.traces(false);
    this.#world = world;
    this.#begin();
  }

  /**
   * Opens a lesson.
   * @param step by its id; without one, or with one that there is not, the first that is not done
   * @returns whether there is such a lesson
   */
  open(lesson: string, step?: string): boolean {
    if (!this.#place(lesson, step)) return false;
    this.#begin();
    this.#keep();
    return true;
  }

  /** Back to the list of lessons. */
  leave(): void {
    this.#lesson = null;
    this.#begin();
    this.#keep();
  }

  /** Goes to another step. @param by 1 for the next, -1 for the one before */
  go(by: number): void {
    const { lesson } = this;
    const position = this.#position + by;
    if (lesson === null || lesson.steps[position] === undefined) return;
    this.#position = position;
    this.#begin();
    this.#keep();
  }

  /** Forgets what is done of the lesson, and begins anew. */
  restart(): void {
    if (this.#lesson === null) return;
    this.#progress.restart(this.#lesson.id);
    this.#position = 0;
    this.#begin();
    this.#keep();
  }

  /** Looks at the machine, if the present step is one that is watched and is not done. */
  look(): void {
    const { step } = this;
    const world = this.#world;
    if (world === null) return;
    const watched = step?.kind === 'watch' && !this.isDone ? step : null;
    if (!world.traces(watched?.traced ?? false) || watched === null) return;
    this.#take(
      attempted(() => {
        this.#looking ??= watched.watch(world);
        return this.#looking();
      }),
    );
  }

  /** Nobody looks for a while. What was seen is not forgotten. */
  rest(): void {
    if (this.step?.kind === 'watch' && !this.isDone) this.#world?.traces(false);
  }

  /** The learner's answer to a question. */
  answer(text: string): void {
    const { step } = this;
    const world = this.#world;
    if (step?.kind !== 'question') return;
    const none = notYet('There is no machine to compare it with.');
    this.#take(world === null ? none : attempted(() => step.judge(text.trim(), world)));
  }

  /** What a scratch device has answered to the learner's request. */
  attempt(request: ScratchRequest, answer: ScratchAnswer, memorySize: number): void {
    const { step } = this;
    if (step?.kind === 'experiment') this.#take(step.judge(request, answer, memorySize));
  }

  #place(id: string, stepId?: string): boolean {
    const lesson = this.lessons.find((each) => each.id === id);
    if (lesson === undefined) return false;
    this.#lesson = lesson;
    const wanted = lesson.steps.findIndex((step) => step.id === stepId);
    const undone = lesson.steps.findIndex((_, position) => !this.isDoneAt(position));
    this.#position = wanted !== -1 ? wanted : Math.max(0, undone);
    return true;
  }

  /** Nothing is known of the present step. */
  #begin(): void {
    this.#looking = null;
    this.#verdict = NOTHING;
    this.#world?.traces(false);
    this.#events.changed();
  }

  #take(verdict: Verdict): void {
    const { step, lesson } = this;
    if (step === null || lesson === null) return;
    const { done, words } = this.#verdict;
    const same = done === verdict.done && words === verdict.words;
    const first = verdict.done && !this.isDone;
    this.#verdict = verdict;
    if (first) {
      this.#progress.complete({ lesson: lesson.id, step: step.id });
      this.#world?.traces(false);
      this.#keep();
      this.#events.done(step, verdict);
    }
    if (first || !same) this.#events.changed();
  }

  #keep(): void {
    const { step, lesson } = this;
    const at = lesson === null || step === null ? null : { lesson: lesson.id, step: step.id };
    this.#progress.at = at;
    this.#events.keep(this.#progress.toJSON());
  }
}

/** What a machine says that does not have what the lesson is about. */
function attempted(look: () => Verdict): Verdict {
  try {
    return look();
  } catch (reason) {
    if (reason instanceof LessonProblem) return notYet(reason.message);
    throw reason;
  }
}
