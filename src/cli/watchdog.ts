/** Notices that something has come to a standstill. */
export class Watchdog {
  /** Resolves when nothing was heard for so long. */
  readonly expired: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.expired = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, milliseconds);
    });
  }

  /** It goes on. */
  touch(): void {
    this.#timer?.refresh();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
