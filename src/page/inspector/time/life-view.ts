import type { TraceEvent, TraceSubjects } from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { counted, formatMicroseconds } from '../format.ts';
import type { ChainLife } from './chain-life.ts';
import { eventDetails, subjectName, threadName } from './event-words.ts';

/** The event that is chosen, and the way of its chain, in words. */
export class LifeView {
  readonly element = create('section', 'life');
  readonly #title = create('h3', 'life-title');
  readonly #details = create('p', 'panel-text');
  readonly #moments = create('ol', 'life-moments');

  constructor() {
    this.element.ariaLabel = 'Chosen event';
    this.element.append(this.#title, this.#details, this.#moments);
    this.show(null, null, { threads: [], devices: [] });
  }

  show(event: TraceEvent | null, chain: ChainLife | null, subjects: TraceSubjects): void {
    this.#moments.hidden = chain === null;
    if (event === null) {
      setText(this.#title, 'No event is chosen');
      setText(
        this.#details,
        'Click one, or choose it in the table of events, and see the way of its chain.',
      );
      return;
    }
    const subject = subjectName(subjects, event.device, event.queue);
    setText(this.#title, `${event.kind}, ${subject}`);
    const details = [`on ${threadName(subjects, event.thread)}`, eventDetails(event)];
    setText(this.#details, `${details.filter((text) => text !== '').join(': ')}.`);
    if (chain !== null) this.#showChain(chain);
  }

  #showChain({ span, moments }: ChainLife): void {
    const items = moments.map(({ kind, time }, index) => {
      // Clocks of two threads are not quite alike: what comes after is never told as before.
      const since = index === 0 ? null : Math.max(0, time - moments[index - 1].time);
      const after = since === null ? `chain ${span.head}` : `+${formatMicroseconds(since * 1000)}`;
      return create('li', 'life-moment', create('strong', '', kind), ` ${after}`);
    });
    const whole = span.interrupt - span.doorbell;
    if (!Number.isNaN(whole)) {
      const sum = `${formatMicroseconds(whole * 1000)} in all, ${counted(span.written, 'byte')} written`;
      items.push(create('li', 'life-moment', sum));
    }
    this.#moments.replaceChildren(...items);
  }
}
