import { create, createButton, setText } from '../elements.ts';
import { formatPercent, formatTransfer, fraction } from '../progress.ts';
import type { Job } from './jobs.ts';
import type { Row } from './row-list.ts';

/** A job in the panel, while it runs and until its end was read. */
export class JobRow implements Row<Job> {
  readonly element: HTMLLIElement;
  readonly #title: HTMLElement;
  readonly #numbers = create('span', 'job-numbers');
  readonly #bar = create('progress', 'bar-line');
  readonly #button: HTMLButtonElement;

  constructor(job: Job, dismiss: (job: Job) => void) {
    this.#title = create('span', 'job-title', job.title);
    this.#bar.setAttribute('aria-label', job.title);
    // One button, first for the one and then for the other, so that it keeps the focus.
    this.#button = createButton('Cancel', 'button button-small', () => {
      if (job.state === 'running') job.cancel();
      else dismiss(job);
    });
    this.element = create('li', 'job', this.#title, this.#numbers, this.#button, this.#bar);
  }

  show(job: Job): void {
    const { state, failure, outcome, title } = job;
    const running = state === 'running';
    this.element.dataset.state = state;
    const ending = failure === null ? outcome : `${outcome} ${failure.message} ${failure.remedy}`;
    setText(this.#title, running ? title : ending);
    setText(this.#numbers, running ? this.#progressWords(job) : '');
    this.#bar.hidden = !running;
    const label = running ? 'Cancel' : 'Close';
    setText(this.#button, label);
    this.#button.setAttribute('aria-label', `${label}: ${title}`);
  }

  #progressWords({ stopping, progress: { done, total } }: Job): string {
    if (stopping) return 'Stopping';
    const transfer = { name: '', total, received: done };
    const part = fraction(transfer);
    if (part !== null) this.#bar.value = part; // Without a value the bar is indeterminate.
    return [formatTransfer(transfer), formatPercent(part)].filter(Boolean).join(' · ');
  }
}
