/** What has to be undone at the end, in reverse order, whatever happens. */
export class Cleanup {
  readonly #works: (() => unknown)[] = [];

  add(work: () => unknown): void {
    this.#works.push(work);
  }

  /** Does all of it; what fails is passed over, since nothing more can be done about it. */
  async run(): Promise<void> {
    for (let work = this.#works.pop(); work; work = this.#works.pop()) {
      await Promise.resolve()
        .then(work)
        .catch(() => undefined);
    }
  }
}
