import { type Activity, formatMips, formatRate } from './activity.ts';
import { byId, setText } from './elements.ts';
import { type PageState, STATE_LABELS, STATE_MEANINGS, showPageState } from './page-state.ts';

/** Shown where there is nothing to measure. */
const NOTHING = '–';

const span = (id: string) => byId(id, HTMLElement);

/** The line below the terminal: what the machine does, quietly. */
export class StatusLine {
  readonly #announcement = span('announcement');
  readonly #speed = span('speed');
  readonly #memory = span('memory');
  readonly #diskRate = span('disk-rate');
  readonly #diskLight = span('disk-light');
  readonly #consoleRate = span('console-rate');
  readonly #consoleLight = span('console-light');
  #shown: PageState = 'loading';

  get state(): PageState {
    return this.#shown;
  }

  showState(state: PageState): void {
    if (state === this.#shown) return;
    showPageState(state);
    // To and from halted changes many times a minute; nobody wants to hear that.
    const isRest = state === 'halted' || this.#shown === 'halted';
    if (!isRest)
      this.#announcement.textContent = `${STATE_LABELS[state]}. ${STATE_MEANINGS[state]}.`;
    this.#shown = state;
  }

  showMemory(mebibytes: number): void {
    this.#memory.textContent = `${mebibytes}`;
  }

  /** Lights follow every look; numbers are for reading and come seldom. */
  showLights(activity: Activity | null): void {
    this.#diskLight.classList.toggle('lit', (activity?.diskRequests ?? 0) > 0);
    this.#consoleLight.classList.toggle('lit', (activity?.consoleBytes ?? 0) > 0);
  }

  showNumbers(activity: Activity | null): void {
    setText(this.#speed, activity ? formatMips(activity.instructions) : NOTHING);
    setText(this.#diskRate, activity ? formatRate(activity.diskRequests) : NOTHING);
    setText(this.#consoleRate, activity ? formatRate(activity.consoleBytes) : NOTHING);
  }
}
