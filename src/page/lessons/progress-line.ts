import { create } from '../elements.ts';

/** The steps of a lesson as a line of as many parts; how far it is stands in words beside it. */
export class ProgressLine {
  readonly element = create('div', 'lesson-line');

  constructor() {
    this.element.ariaHidden = 'true';
  }

  /**
   * @param done as many parts, or which
   * @param present the part that is looked at, -1 for none
   */
  show(steps: number, done: number | ((step: number) => boolean), present: number): void {
    while (this.element.childElementCount < steps) this.element.append(create('span', ''));
    while (this.element.childElementCount > steps) this.element.lastChild?.remove();
    for (const [step, part] of [...this.element.children].entries()) {
      const isDone = typeof done === 'number' ? step < done : done(step);
      part.toggleAttribute('data-done', isDone);
      part.toggleAttribute('data-present', step === present);
    }
  }
}
