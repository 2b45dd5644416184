/**
 * Looks again and again while somebody can see what is shown, and does nothing at all otherwise:
 * neither while it is stopped nor while the page is hidden.
 */
export class Watch {
  readonly #look: () => Promise<void>;
  readonly #interval: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching = false;
  #looking = false;
  #again = false;

  /**
   * @param look never rejects
   * @param interval milliseconds between the end of a look and the next
   */
  constructor(look: () => Promise<void>, interval: number) {
    this.#look = look;
    this.#interval = interval;
    document.addEventListener('visibilitychange', () => this.now());
  }

  start(): void {
    this.#watching = true;
    this.now();
  }

  stop(): void {
    this.#watching = false;
    clearTimeout(this.#timer);
  }

  /** Looks at once. A look that is under way is followed by another: it may have seen too little. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#watching || document.hidden) return;
    this.#again = this.#looking;
    if (this.#looking) return;
    this.#looking = true;
    await this.#look();
    this.#looking = false;
    if (this.#again) await this.now();
    else this.#wait();
  }

  #wait(): void {
    if (!this.#watching || document.hidden) return;
    this.#timer = setTimeout(() => this.now(), this.#interval);
  }
}
