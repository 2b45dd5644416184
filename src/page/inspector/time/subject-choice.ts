import type { TraceSubjects } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { subjectName } from './event-words.ts';
import type { Subject } from './filter.ts';

/** Whose events are shown: all, those of a device, or those of a queue. */
export class SubjectChoice {
  readonly element: HTMLElement;
  readonly #select = create('select', 'input');
  readonly #onChoose: (subject: Subject) => void;
  #subjects: Subject[] = [{}];
  /** What was asked for before it was there. */
  #wanted: Subject | null = null;
  #madeOf = '';

  constructor(onChoose: (subject: Subject) => void) {
    this.#onChoose = onChoose;
    this.element = create('label', 'time-subject', 'Events of ', this.#select);
    this.#select.addEventListener('change', () => {
      this.#onChoose(this.#subjects[this.#select.selectedIndex] ?? {});
    });
  }

  /** Chooses another, as soon as the trace tells of it. */
  choose(subject: Subject): void {
    this.#wanted = subject;
    const at = this.#subjects.findIndex((offered) => same(offered, subject));
    if (at === -1) return;
    this.#wanted = null;
    this.#select.selectedIndex = at;
    this.#onChoose(subject);
  }

  /** Offers what a trace tells of. What was chosen stays so, if it is there. */
  show(subjects: TraceSubjects): void {
    const madeOf = JSON.stringify(subjects.devices);
    if (madeOf === this.#madeOf) return;
    this.#madeOf = madeOf;
    const before = this.#subjects[this.#select.selectedIndex] ?? {};
    const wanted = this.#wanted ?? before;
    this.#subjects = [{}];
    const options = [create('option', '', 'all devices')];
    for (const { device, queues } of subjects.devices) {
      this.#subjects.push({ device });
      options.push(create('option', '', subjectName(subjects, device)));
      for (const [queue] of queues.entries()) {
        this.#subjects.push({ device, queue });
        options.push(create('option', '', subjectName(subjects, device, queue)));
      }
    }
    this.#select.replaceChildren(...options);
    const at = this.#subjects.findIndex((subject) => same(subject, wanted));
    if (at !== -1) this.#wanted = null;
    this.#select.selectedIndex = Math.max(0, at);
    const chosen = this.#subjects[this.#select.selectedIndex];
    if (!same(chosen, before)) this.#onChoose(chosen);
  }
}

function same(one: Subject, other: Subject): boolean {
  return one.device === other.device && one.queue === other.queue;
}
