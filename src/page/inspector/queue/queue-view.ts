import type { ChainSnapshot, Inspector, QueueSnapshot } from '../../../machine/index.ts';
import { create, createButton, setText } from '../../elements.ts';
import { ControlBar } from '../control/control-bar.ts';
import type { Explanation } from '../explanation.ts';
import { Pace } from '../frames.ts';
import { watchPalette } from '../palette.ts';
import { Surface } from '../surface.ts';
import type { QueuePlace, View } from '../view.ts';
import { ChainView, type ShownChain } from './chain-view.ts';
import { ChosenChain } from './chosen-chain.ts';
import { MemoryView } from './memory-view.ts';
import { explainPart, headOf } from './parts.ts';
import { createCorner, Readings } from './readings.ts';
import { RingDrawing } from './ring-drawing.ts';
import { type Part, samePart } from './ring-shape.ts';
import { QueueStages } from './stages.ts';
import { queueWords, stateWords, whyEmpty } from './words.ts';

/** Of so many drawings one changes what is read, at first eight a second: nobody reads faster, and the layout is dear. */
const DRAWINGS_PER_READING = 4;
/** Between two chains that are followed. */
const FOLLOW_PACE = 800;
/** Between two copies of a queue too large to be copied for each frame. */
const LARGE_PACE = 100;
const LARGE = 2048;

/** A queue, as it is at every moment. */
export class QueueView implements View {
  readonly element: HTMLElement;
  readonly #empty = create('p', 'panel-text queue-empty');
  readonly #body: HTMLElement;
  readonly #words = create('p', 'queue-words');
  readonly #canvas = create('canvas', 'ring-canvas');
  readonly #drawing: RingDrawing;
  readonly #readings: Readings;
  readonly #memory: MemoryView;
  readonly #chainView: ChainView;
  readonly #follow: HTMLButtonElement;
  readonly #control: ControlBar;
  readonly #explanation: Explanation;
  readonly #stages = new QueueStages();
  readonly #chosen = new ChosenChain();
  readonly #followPace = new Pace(FOLLOW_PACE);
  readonly #largePace = new Pace(LARGE_PACE);
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)');
  /** Drawings until what is read changes again. */
  #untilReading = 0;
  #inspector: Inspector | null = null;
  #place: QueuePlace | null = null;
  #queue: QueueSnapshot | null = null;
  #chain: ChainSnapshot | null = null;
  #pointedAt: Part | null = null;

  /** @param announce says a sentence to those who use a screen reader */
  constructor(explanation: Explanation, announce: (sentence: string) => void) {
    this.#explanation = explanation;
    const surface = new Surface(this.#canvas, () => this.#drawing.refresh());
    this.#drawing = this.#prepare(surface);
    this.#readings = new Readings((pointer) => {
      this.#pointedAt = pointer && { kind: 'pointer', pointer };
    });
    this.#memory = new MemoryView({
      choose: (head) => this.#choose(head),
      point: (part, explained) => {
        this.#pointedAt = part;
        if (explained !== null) this.#explanation.show(explained);
      },
    });
    this.#follow = createButton('Follow what moves', 'button button-small', () => {
      this.#chosen.follow();
      this.#hurry();
    });
    this.#chainView = new ChainView(this.#follow);
    this.#control = new ControlBar({ changed: () => this.#hurry(), announce });
    this.#body = this.#build();
    this.element = create('div', 'queue', this.#empty, this.#body);
    this.#listen(surface);
  }

  connect(inspector: Inspector | null): void {
    this.#inspector = inspector;
    this.#forget();
  }

  choose(place: QueuePlace): void {
    this.#place = place;
    this.#forget();
  }

  closed(): void {
    this.#control.rest();
  }

  frame(time: number): void {
    const queue = this.#look(time);
    const why = queue && whyEmpty(queue);
    this.#empty.hidden = why === null && queue !== null;
    this.#body.hidden = !this.#empty.hidden;
    if (queue === null || why !== null) {
      setText(this.#empty, why ?? 'Nothing is plugged in there any more.');
      return;
    }
    if (this.#untilReading <= 0) this.#read(queue, time);
    this.#untilReading--;
    const { head } = this.#chosen;
    const own = this.#chain?.descriptors.filter(({ indirect }) => !indirect) ?? [];
    const descriptors = own.map(({ index }) => index);
    const chosen = head === -1 ? null : { head, descriptors };
    const picture = { queue, stages: this.#stages, chosen, pointedAt: this.#pointedAt };
    this.#drawing.draw(picture, time, this.#stillness.matches);
  }

  #prepare(surface: Surface): RingDrawing {
    let drawing: RingDrawing | null = null;
    watchPalette((palette) => {
      drawing ??= new RingDrawing(surface, palette);
      drawing.refresh(palette);
    });
    if (drawing === null) throw new Error('There is no palette.');
    return drawing;
  }

  #build(): HTMLElement {
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.ariaLabel = 'The queue as two rings around its descriptor table';
    this.#words.id = 'inspector-queue-words';
    this.#canvas.setAttribute('aria-describedby', this.#words.id);
    const ring = create(
      'div',
      'ring',
      this.#canvas,
      createCorner('available', 'available ring', 'availableRing'),
      createCorner('used', 'used ring', 'usedRing'),
      createCorner('table', 'descriptor table', 'descriptorTable'),
    );
    const picture = create('div', 'queue-picture', ring, this.#readings.element);
    const left = create('div', 'queue-now', this.#control.element, picture, this.#words);
    const right = create('div', 'queue-more', this.#memory.element, this.#chainView.element);
    return create('div', 'queue-body', left, right);
  }

  #listen(surface: Surface): void {
    const partAt = (event: PointerEvent | MouseEvent) => {
      const { x, y } = surface.locate(event);
      return this.#drawing.find(x, y);
    };
    this.#canvas.addEventListener('pointermove', (event) => this.#point(partAt(event)));
    this.#canvas.addEventListener('pointerleave', () => this.#point(null));
    this.#canvas.addEventListener('click', (event) => {
      const part = partAt(event);
      const head = this.#queue && part && headOf(part, this.#queue, this.#stages);
      this.#point(part);
      if (head !== null && head !== -1) this.#choose(head);
    });
  }

  #point(part: Part | null): void {
    if (samePart(part, this.#pointedAt)) return;
    this.#pointedAt = part;
    this.#canvas.classList.toggle('ring-canvas-pointed', part !== null);
    if (part === null || this.#queue === null) return;
    this.#explanation.show(explainPart(part, this.#queue, this.#stages));
  }

  #choose(head: number): void {
    this.#chosen.choose(head);
    this.#hurry();
  }

  #forget(): void {
    this.#chosen.forget();
    this.#drawing.forget();
    this.#queue = null;
    this.#chain = null;
    this.#pointedAt = null;
    const control = this.#place && this.#inspector?.control(this.#place.place);
    this.#control.use(control ?? null);
    this.#hurry();
  }

  /** What is read changes at once. */
  #hurry(): void {
    this.#untilReading = 0;
    for (const pace of [this.#followPace, this.#largePace]) pace.hurry();
  }

  #look(time: number): QueueSnapshot | null {
    if (this.#inspector === null || this.#place === null) return null;
    const before = this.#queue;
    if (before !== null && before.size > LARGE && !this.#largePace.isDue(time)) return before;
    const { place, queue } = this.#place;
    this.#queue = this.#inspector.queue(place, queue);
    if (this.#queue !== null) this.#stages.update(this.#queue);
    return this.#queue;
  }

  /** Brings everything that is made of words and numbers up to date. */
  #read(queue: QueueSnapshot, time: number): void {
    this.#untilReading = DRAWINGS_PER_READING;
    const device = this.#inspector?.device(queue.place);
    if (!this.#inspector || !device) return;
    this.#readings.show(queue, this.#stages, device);
    this.#control.show(device);
    setText(this.#words, queueWords(queue, this.#stages));
    const { element } = this.#chainView;
    // Whoever is about to press something in it is not to lose it.
    const isUsed = element.matches(':hover') || element.contains(document.activeElement);
    if (!isUsed && this.#followPace.isDue(time)) this.#chosen.update(queue);
    this.#follow.hidden = this.#chosen.follows;
    this.#memory.show(this.#inspector, queue, this.#stages, this.#chosen.head);
    this.#chainView.show(this.#inspector, this.#shownChain(queue));
  }

  #shownChain(queue: QueueSnapshot): ShownChain | null {
    const { head } = this.#chosen;
    const { place, queue: number } = queue;
    this.#chain = head === -1 ? null : (this.#inspector?.chain(place, number, head) ?? null);
    if (this.#chain === null) return null;
    const flying = queue.inFlight.find((chain) => chain.head === head);
    return {
      state: flying === undefined ? 'came back: what is left in memory' : stateWords(flying.state),
      chain: this.#chain,
      request: this.#inspector?.request(place, number, head) ?? null,
    };
  }
}
