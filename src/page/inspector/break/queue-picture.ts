import type { ChainSnapshot, QueueSnapshot } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { type Palette, watchPalette } from '../palette.ts';
import { RingDrawing } from '../queue/ring-drawing.ts';
import { QueueStages } from '../queue/stages.ts';
import { queueWords } from '../queue/words.ts';
import { Surface } from '../surface.ts';

/** A queue that stands still. */
export class QueuePicture {
  readonly element = create('canvas', 'answer-ring');
  readonly #surface: Surface;
  readonly #stages = new QueueStages();
  #drawing: RingDrawing | null = null;
  #queue: QueueSnapshot | null = null;
  #chain: ChainSnapshot | null = null;

  constructor() {
    this.element.setAttribute('role', 'img');
    this.#surface = new Surface(this.element, () => this.#refresh());
    watchPalette((palette) => this.#refresh(palette));
  }

  show(queue: QueueSnapshot, chain: ChainSnapshot | null): void {
    this.#queue = queue;
    this.#chain = chain;
    this.#stages.update(queue);
    this.element.ariaLabel = `The queue before the device looked at it. ${queueWords(queue, this.#stages)}`;
    this.#refresh();
  }

  #refresh(palette?: Palette): void {
    if (palette !== undefined) this.#drawing ??= new RingDrawing(this.#surface, palette);
    this.#drawing?.refresh(palette);
    this.#drawing?.forget();
    if (this.#queue === null) return;
    const own = this.#chain?.descriptors.filter(({ indirect }) => !indirect) ?? [];
    const descriptors = own.map(({ index }) => index);
    const chosen = this.#chain === null ? null : { head: this.#chain.head, descriptors };
    const picture = { queue: this.#queue, stages: this.#stages, chosen, pointedAt: null };
    this.#drawing?.draw(picture, performance.now(), true);
  }
}
