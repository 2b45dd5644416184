/** Lowers and raises a line of the interrupt controller, 0 to 15. */
export interface InterruptController {
  raiseInterrupt(line: number): void;
  lowerInterrupt(line: number): void;
}

/**
 * The wires between INTA# pins and the interrupt controller. A wire is shared: it is high while
 * any function pulls it, and falls when the last one lets go, so that no function's interrupt is
 * lost when another's is served.
 */
export class InterruptLines {
  readonly #controller: InterruptController;
  #levels = 0;

  constructor(controller: InterruptController) {
    this.#controller = controller;
  }

  /** A bit for each line that is high. */
  get levels(): number {
    return this.#levels;
  }

  /** The controller's inputs are at `levels` already. */
  restore(levels: number): void {
    this.#levels = levels;
  }

  /**
   * Brings the controller's inputs to `levels`, a bit for each of the 16 lines. Only at a sync
   * point or in a port handler.
   */
  update(levels: number): void {
    const changed = levels ^ this.#levels;
    if (changed === 0) return;
    this.#levels = levels;
    for (let line = 0; line < 16; line++) {
      if (((changed >>> line) & 1) === 0) continue;
      if (((levels >>> line) & 1) === 1) this.#controller.raiseInterrupt(line);
      else this.#controller.lowerInterrupt(line);
    }
  }
}
