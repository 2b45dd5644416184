import type { ViolationAnswer } from '../../../machine/index.ts';
import { create, createButton, setText } from '../../elements.ts';
import { formatAddress, formatFlags, formatMicroseconds } from '../format.ts';
import { sectionTitle } from '../glossary.ts';
import { eventDetails, threadName } from '../time/event-words.ts';
import type { FinishedTrace } from '../time/trace-source.ts';
import { QueuePicture } from './queue-picture.ts';
import { findings, outcomeWords, promiseWords } from './words.ts';

type ClauseOf = NonNullable<ViolationAnswer['violation']['clause']>;

/** What a device has answered to a mistake, and why. */
export class AnswerView {
  readonly element = create('section', 'answer');
  readonly #title = create('h3', 'answer-title');
  readonly #outcome = create('p', 'answer-outcome');
  readonly #promise = create('p', 'panel-text');
  readonly #why = create('div', 'answer-why');
  readonly #picture = new QueuePicture();
  readonly #chain = create('ol', 'answer-chain');
  readonly #findings = create('dl', 'configuration');
  readonly #events = create('ol', 'answer-events');
  #answer: ViolationAnswer | null = null;

  /** @param lookAtTrace what happened is to be seen on a timeline */
  constructor(lookAtTrace: (finished: FinishedTrace) => void) {
    this.element.ariaLabel = 'Answer of the device';
    this.#chain.ariaLabel = 'Descriptors of the chain';
    this.#events.ariaLabel = 'What happened';
    const onTimeline = createButton('See it on the timeline', 'button button-small', () => {
      if (this.#answer === null) return;
      const { trace, violation } = this.#answer;
      lookAtTrace({ trace, title: violation.title });
    });
    this.element.append(
      this.#title,
      this.#outcome,
      this.#promise,
      this.#why,
      createPart('What the driver finds', this.#findings),
      createPart(
        'The queue, before the device has looked at it',
        create('div', 'answer-queue', this.#picture.element, this.#chain),
      ),
      createPart('What happened', this.#events, create('p', '', onTimeline)),
    );
    this.element.hidden = true;
  }

  show(answer: ViolationAnswer | null): void {
    this.#answer = answer;
    this.element.hidden = answer === null;
    if (answer === null) return;
    const { violation, outcome } = answer;
    setText(this.#title, violation.title);
    setText(this.#outcome, outcomeWords(outcome));
    this.#outcome.dataset.outcome = outcome;
    setText(this.#promise, promiseWords(answer));
    this.#showWhy(answer);
    this.#showChain(answer);
    this.#findings.replaceChildren(
      ...findings(answer).map(([name, value]) => {
        return create('div', 'configuration-row', create('dt', '', name), create('dd', '', value));
      }),
    );
    this.#showEvents(answer);
    this.#picture.show(answer.queue, answer.chain);
    // Where the mistakes are above it, it may lie out of sight.
    this.#outcome.scrollIntoView({ block: 'nearest' });
  }

  #showWhy({ violation: { reason, rule, clause } }: ViolationAnswer): void {
    this.#why.replaceChildren(
      create('p', '', reason),
      ...(rule === null ? [] : [createClause('What the driver breaks', rule)]),
      ...(clause === null ? [] : [createClause('What the device keeps to', clause)]),
    );
  }

  #showChain({ chain }: ViolationAnswer): void {
    const items = (chain?.descriptors ?? []).map(({ index, address, length, flags, next }) => {
      const place = `${formatAddress(address)}, ${length} bytes`;
      return create('li', '', `${index}: ${place}, ${formatFlags(flags)}, next ${next}`);
    });
    if (chain?.fault) items.push(create('li', 'chain-fault', chain.fault));
    this.#chain.replaceChildren(...items);
    this.#chain.hidden = items.length === 0;
  }

  #showEvents({ trace: { records, subjects } }: ViolationAnswer): void {
    const items: HTMLElement[] = [];
    for (let at = 0; at < records.length; at++) {
      const event = records.at(at);
      const time = formatMicroseconds((event.time - records.times[0]) * 1000);
      const details = eventDetails(event);
      const text = ` ${details}${details === '' ? '' : ', '}on ${threadName(subjects, event.thread)}`;
      items.push(create('li', '', `${time} `, create('strong', '', event.kind), text));
    }
    this.#events.replaceChildren(...items);
  }
}

function createPart(title: string, ...content: HTMLElement[]): HTMLElement {
  return create('section', 'answer-part', create('h4', 'readings-title', title), ...content);
}

function createClause(title: string, { id, section, text }: ClauseOf): HTMLElement {
  const where = `${section} ${sectionTitle(section)}`.trim();
  const name = id === '' ? `VIRTIO 1.4, ${where}` : `VIRTIO 1.4, ${where} (${id})`;
  const cite = create('cite', 'explanation-section', name);
  // Of a driver it is told what it comes to; of a device the specification's own words.
  const words = id === '' ? text : create('q', '', text);
  return create('p', 'answer-clause', create('strong', '', `${title}: `), cite, ' ', words);
}
