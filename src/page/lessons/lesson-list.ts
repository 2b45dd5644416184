import { create, createButton } from '../elements.ts';
import type { Course } from './course.ts';
import type { Lesson } from './lesson.ts';
import { ProgressLine } from './progress-line.ts';

const LEAD =
  'Each takes a few minutes and goes on beside the machine: you do something, and the lesson looks at what the machine’s virtqueues really hold.';

/** All lessons, and how far the learner is with each. */
export class LessonList {
  readonly element = create('div', 'panel-body');
  readonly #list = create('ol', 'lesson-cards');
  readonly #course: Course;
  readonly #open: (lesson: Lesson) => void;

  constructor(course: Course, open: (lesson: Lesson) => void) {
    this.#course = course;
    this.#open = open;
    this.element.append(create('p', 'panel-text', LEAD), this.#list);
  }

  show(): void {
    const cards = this.#course.lessons.map((lesson, index) => this.#createCard(lesson, index));
    this.#list.replaceChildren(...cards);
  }

  /** Brings the keyboard to a lesson. */
  focus(lesson: Lesson | null): void {
    const index = lesson === null ? 0 : this.#course.lessons.indexOf(lesson);
    this.#list.querySelectorAll('button')[index]?.focus();
  }

  #createCard(lesson: Lesson, index: number): HTMLElement {
    const { title, summary, minutes, steps } = lesson;
    const count = this.#course.count(lesson);
    const line = new ProgressLine();
    line.show(steps.length, count, -1);
    const heading = create('h3', 'lesson-card-title', `${index + 1}. ${title}`);
    const state = count === 0 ? `${minutes} minutes` : `${count} of ${steps.length} steps done`;
    const button = createButton(action(count, steps.length), 'button button-small', () => {
      this.#open(lesson);
    });
    heading.id = `lesson-${lesson.id}`;
    button.setAttribute('aria-describedby', heading.id);
    if (count < steps.length) button.classList.add('button-primary');
    const foot = create(
      'div',
      'lesson-card-foot',
      create('span', 'lesson-card-state', state),
      button,
    );
    return create('li', 'lesson-card', heading, create('p', '', summary), line.element, foot);
  }
}

function action(count: number, steps: number): string {
  if (count === 0) return 'Start';
  return count === steps ? 'Look again' : 'Continue';
}
