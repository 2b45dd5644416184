import type { ScratchRequest } from '../../machine/index.ts';
import { create, createButton, setText } from '../elements.ts';
import { ExperimentForm } from './experiment-form.ts';
import type { Lesson, Look, QuestionStep, Step, WatchedStep } from './lesson.ts';
import { createMore, createTerms } from './terms.ts';
import { textNodes } from './text.ts';

export interface StepEvents {
  /** Opens the inspector there. */
  inspect(look: Look): void;
  /** Does for the learner what the step is about. */
  help(step: Step): void;
  /** Brings the machine to where the step begins. */
  prepare(step: Step): void;
  answer(text: string): void;
  send(request: ScratchRequest): void;
  /** Says what is wrong with what was typed. */
  problem(sentence: string): void;
}

/** A step: what there is to know, what is to be done, and what the machine says of it. */
export class StepView {
  readonly elements: readonly HTMLElement[];
  readonly experiment: ExperimentForm | null = null;
  readonly #title: HTMLElement;
  readonly #task = create('section', 'lesson-task');
  readonly #verdict = create('p', 'lesson-verdict');
  /** What the machine has not said: it stays, whatever that says meanwhile. */
  readonly #told = create('p', 'lesson-told');
  readonly #end = create('div', 'lesson-end');
  readonly #endWords = create('p', '');
  readonly #events: StepEvents;
  #words = '';

  constructor(lesson: Lesson, step: Step, events: StepEvents) {
    this.#events = events;
    this.#title = create('h4', 'lesson-step', step.title);
    this.#title.tabIndex = -1;
    const task = create('p', 'lesson-task-text', ...textNodes(step.task));
    task.id = `task-${lesson.id}-${step.id}`;
    this.#task.setAttribute('aria-labelledby', task.id);
    this.#task.append(task);
    if (step.kind === 'watch') this.#addCommand(step);
    this.#task.append(this.#createButtons(step));
    if (step.kind === 'question') this.#task.append(this.#createQuestion(step));
    if (step.kind === 'experiment') {
      this.experiment = this.#createExperiment(step);
      this.#task.append(this.experiment.element);
    }
    const hint = createMore('Hint', create('p', '', ...textNodes(step.hint)));
    this.#end.append(this.#endWords, ...this.#createOnwards(lesson));
    this.#end.hidden = true;
    this.#task.append(hint, this.#verdict, this.#told, this.#end);
    this.elements = [
      this.#title,
      ...step.text.map((paragraph) => create('p', '', ...textNodes(paragraph))),
      createMore('In the specification’s words', createTerms(step.terms)),
      this.#task,
    ];
  }

  focus(): void {
    this.#title.focus();
  }

  show(done: boolean, words: string, end: string): void {
    this.#verdict.dataset.done = `${done}`;
    if (words !== this.#words) {
      this.#words = words;
      this.#verdict.replaceChildren(...textNodes(words));
    }
    setText(this.#endWords, end);
    this.#end.hidden = end === '';
  }

  tell(words: string): void {
    this.#told.replaceChildren(...textNodes(words));
  }

  /** Brings the answer into sight: a request that is laid out by hand is longer than a screen. */
  reveal(): void {
    (this.#end.hidden ? this.#verdict : this.#end).scrollIntoView({ block: 'nearest' });
  }

  #createOnwards({ onwards }: Lesson): HTMLElement[] {
    if (onwards === undefined) return [];
    const { label, look } = onwards;
    const open = createButton(label, 'button button-small', () => this.#events.inspect(look));
    return [create('p', '', open)];
  }

  #addCommand({ help }: WatchedStep): void {
    if (typeof help === 'string') this.#task.append(create('code', 'lesson-command', help));
  }

  #createButtons(step: Step): HTMLElement {
    const { look, from } = step;
    const buttons = create('div', 'lesson-buttons');
    const add = (label: string, run: () => void) => {
      buttons.append(createButton(label, 'button button-small', run));
    };
    if (look !== undefined) add('Open the inspector there', () => this.#events.inspect(look));
    if (step.kind === 'watch') {
      const label = typeof step.help === 'string' ? 'Type it for me' : 'Do it for me';
      add(label, () => this.#events.help(step));
    }
    if (step.kind === 'experiment') add('Show me', () => this.#events.help(step));
    if (from !== undefined) add('Set the machine up', () => this.#events.prepare(step));
    return buttons;
  }

  #createQuestion({ question }: QuestionStep): HTMLElement {
    const input = create('input', 'input');
    input.autocomplete = 'off';
    input.spellcheck = false;
    const label = create('label', 'lesson-question', create('span', '', question), input);
    const check = create('button', 'button button-primary', 'Check');
    check.type = 'submit';
    const form = create('form', 'lesson-form', label, check);
    form.noValidate = true;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#events.answer(input.value);
    });
    return form;
  }

  #createExperiment(step: Step): ExperimentForm {
    return new ExperimentForm({
      send: (request) => this.#events.send(request),
      problem: (sentence) => this.#events.problem(sentence),
      reset: () => this.#events.prepare(step),
    });
  }
}
