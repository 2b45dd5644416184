import { create, createButton, setAvailable, setText } from '../elements.ts';
import type { Course } from './course.ts';
import type { Lesson, Step } from './lesson.ts';
import { ProgressLine } from './progress-line.ts';
import { type StepEvents, StepView } from './step-view.ts';

export interface LessonEvents extends StepEvents {
  leave(): void;
  restart(): void;
  copyLink(): void;
  /** @param by 1 for the next step, -1 for the one before */
  go(by: number): void;
  open(lesson: Lesson): void;
}

/** A lesson: the step at which its learner is, and the way on. */
export class LessonView {
  readonly element = create('div', 'lesson');
  readonly #course: Course;
  readonly #events: LessonEvents;
  readonly #title = create('h3', 'lesson-title');
  readonly #count = create('span', 'lesson-count');
  readonly #line = new ProgressLine();
  readonly #body = create('div', 'panel-body lesson-body');
  readonly #back: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  #step: Step | null = null;
  #view: StepView | null = null;

  constructor(course: Course, events: LessonEvents) {
    this.#course = course;
    this.#events = events;
    const small = 'button button-small button-plain';
    const tools = create(
      'div',
      'lesson-tools',
      createButton('All lessons', small, events.leave),
      createButton('Restart', small, events.restart),
      createButton('Copy link', small, events.copyLink),
    );
    this.#back = createButton('Back', 'button', () => events.go(-1));
    this.#next = createButton('', 'button', () => this.#goOn());
    const head = create(
      'div',
      'lesson-head',
      tools,
      this.#title,
      create('div', 'lesson-where', this.#line.element, this.#count),
    );
    const foot = create('div', 'lesson-foot', this.#back, this.#next);
    this.element.append(head, this.#body, foot);
  }

  /** The form of the step in which a request is laid out, if it has one. */
  get experiment() {
    return this.#view?.experiment ?? null;
  }

  show(): void {
    const { lesson, step, position, isDone } = this.#course;
    if (lesson === null || step === null) return;
    if (step !== this.#step) this.#showStep(lesson, step);
    const { steps } = lesson;
    setText(this.#title, lesson.title);
    setText(this.#count, `Step ${position + 1} of ${steps.length}`);
    this.#line.show(steps.length, (at) => this.#course.isDoneAt(at), position);
    setAvailable(this.#back, position > 0);
    setText(this.#next, this.#nextLabel());
    this.#next.classList.toggle('button-primary', isDone);
    const { verdict } = this.#course;
    const words = verdict.words || (isDone ? 'Done.' : '');
    const end = isDone && position === steps.length - 1 ? lesson.end : '';
    this.#view?.show(isDone, words, end);
  }

  /** What is shown is forgotten: it begins anew. */
  forget(): void {
    this.#step = null;
  }

  /** Brings the keyboard to the beginning of the step. */
  focus(): void {
    this.#view?.focus();
  }

  /** Brings what is said of the step into sight. */
  reveal(): void {
    this.#view?.reveal();
  }

  /** Says something about a step that the machine has not said. */
  tell(words: string): void {
    this.#view?.tell(words);
  }

  #showStep(lesson: Lesson, step: Step): void {
    this.#step = step;
    this.#view = new StepView(lesson, step, this.#events);
    this.#body.replaceChildren(...this.#view.elements);
    this.#body.scrollTop = 0;
  }

  get #following(): Lesson | null {
    const { lesson, lessons } = this.#course;
    return lesson === null ? null : (lessons[lessons.indexOf(lesson) + 1] ?? null);
  }

  #isLast(): boolean {
    const { lesson, position } = this.#course;
    return position === (lesson?.steps.length ?? 0) - 1;
  }

  #nextLabel(): string {
    if (!this.#isLast()) return this.#course.isDone ? 'Next' : 'Skip';
    return this.#following === null ? 'Finish' : 'Next lesson';
  }

  #goOn(): void {
    const following = this.#following;
    if (!this.#isLast()) this.#events.go(1);
    else if (following === null) this.#events.leave();
    else this.#events.open(following);
  }
}
