import type fc from 'fast-check';

/**
 * Something that holds whatever a driver does, to be tried with as many drivers as there is time
 * for: in each run of the tests, and for hours by `npm run fuzz`.
 *
 * Cases are plain data (objects, arrays, numbers, strings), so that one that fails can be kept as
 * a file: see counterexamples.ts.
 */
export interface Property<Case> {
  /** What the title of its test and its counterexamples begin with; letters and dashes. */
  readonly name: string;
  /** What holds, for the title of its test. */
  readonly claim: string;
  /** Cases in each run of the tests. */
  readonly cases: number;
  readonly arbitrary: fc.Arbitrary<Case>;
  /**
   * What has happened in all cases so far, by kind: a property whose drivers are always refused,
   * or never, would show half of what it claims.
   */
  readonly seen: Readonly<Record<string, number>>;
  /** Plays one case. @throws Error when the property does not hold */
  check(example: Case): void;
}

/**
 * Keeps what cases are played on, so that most of them cost no set-up. One on which a case has
 * failed is not used again.
 */
export class Reused<Stage> {
  readonly #make: () => Stage;
  #stage: Stage | null = null;

  constructor(make: () => Stage) {
    this.#make = make;
  }

  /** @param play returns whether the stage can be used for another case */
  play(play: (stage: Stage) => boolean): void {
    const stage = this.#stage ?? this.#make();
    this.#stage = null;
    if (play(stage)) this.#stage = stage;
  }
}
