import type {
  Inspector,
  ScratchDevice,
  ScratchKind,
  Violation,
  ViolationAnswer,
} from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { describeFailure } from '../../failure.ts';
import { Choice } from '../choice.ts';
import type { FinishedTrace } from '../time/trace-source.ts';
import type { QueuePlace, View } from '../view.ts';
import { AnswerView } from './answer-view.ts';
import { ViolationList } from './violation-list.ts';
import { answerAnnouncement, choiceWords } from './words.ts';

const KINDS: readonly { id: ScratchKind; label: string }[] = [
  { id: 'block', label: 'A disk' },
  { id: 'console', label: 'A console' },
  { id: 'rng', label: 'A random number generator' },
];

const LEAD =
  'A device with a memory of its own, which the guest never sees. Choose what its driver does wrong.';

export interface BreakEvents {
  /** A sentence for those who use a screen reader. */
  announce(sentence: string): void;
  /** What happened is to be seen on a timeline. */
  lookAtTrace(finished: FinishedTrace): void;
}

/** A device of its own, to be broken on purpose: each mistake of a driver, and what the device makes of it. */
export class BreakView implements View {
  readonly element: HTMLElement;
  readonly #events: BreakEvents;
  readonly #kind = new Choice('inspector-break', 'radio', 'Kind of device', KINDS, () =>
    this.#renew(),
  );
  readonly #list = new ViolationList((violation) => this.#apply(violation));
  readonly #answer: AnswerView;
  readonly #count = create('p', 'panel-text');
  readonly #problem = create('p', 'field-problem');
  #inspector: Inspector | null = null;
  #device: ScratchDevice | null = null;
  #seen = false;
  /** What was asked for last: answers to anything before are late. */
  #asked = 0;

  constructor(events: BreakEvents) {
    this.#events = events;
    this.#answer = new AnswerView((finished) => events.lookAtTrace(finished));
    this.#problem.setAttribute('role', 'alert');
    const choice = create(
      'div',
      'break-choice',
      create('p', 'panel-text', LEAD),
      this.#kind.element,
      this.#count,
      this.#list.element,
    );
    const answer = create('div', 'break-answer', this.#problem, this.#answer.element);
    this.element = create('div', 'break', choice, answer);
  }

  connect(inspector: Inspector | null): void {
    this.#inspector = inspector;
    this.#end();
    this.#begin();
  }

  /** A device of the same kind as the one that is looked at. */
  choose({ place }: QueuePlace): void {
    const kind = this.#inspector?.device(place)?.kind;
    const known = KINDS.find(({ id }) => id === kind);
    if (known !== undefined) this.#kind.choose(known.id);
  }

  shown(): void {
    this.#seen = true;
    this.#begin();
  }

  /** Nothing of it goes on while nobody looks; the last answer stays. */
  hidden(): void {
    this.#seen = false;
    this.#end();
  }

  /** It stands still. */
  frame(): void {}

  #renew(): void {
    this.#end();
    this.#answer.show(null);
    this.#begin();
  }

  #begin(): void {
    if (!this.#seen || this.#inspector === null || this.#device !== null) return;
    void this.#attempt(this.#make(this.#inspector));
  }

  /** A device is made, unless it is not wanted any more by then. */
  async #make(inspector: Inspector): Promise<void> {
    const asked = ++this.#asked;
    const device = await inspector.scratch(this.#kind.chosen);
    if (asked !== this.#asked) {
      await device.dispose();
      return;
    }
    this.#device = device;
    this.#list.show(device.violations);
    setText(this.#count, choiceWords(device.violations.length));
  }

  #end(): void {
    this.#asked++;
    this.#device?.dispose().catch((reason: unknown) => console.warn(reason));
    this.#device = null;
  }

  #apply({ id }: Violation): void {
    const device = this.#device;
    if (device === null) return;
    this.#list.markChosen(id);
    void this.#attempt(this.#ask(device, id));
  }

  async #ask(device: ScratchDevice, id: string): Promise<void> {
    const asked = ++this.#asked;
    const answer = await device.apply(id);
    if (asked === this.#asked) this.#show(answer);
  }

  #show(answer: ViolationAnswer): void {
    this.#answer.show(answer);
    this.#events.announce(answerAnnouncement(answer));
  }

  async #attempt(work: Promise<void>): Promise<void> {
    setText(this.#problem, '');
    const asked = this.#asked;
    try {
      await work;
    } catch (reason) {
      if (asked !== this.#asked) return;
      const { message, remedy } = describeFailure(reason);
      setText(this.#problem, `${message} ${remedy}`);
    }
  }
}
