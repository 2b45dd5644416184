import { byId } from './elements.ts';
import type { PageState } from './page-state.ts';

export interface ToolbarEvents {
  onPause(): void;
  onResume(): void;
  onReset(): void;
  onAnother(): void;
}

const CAN_RESET: readonly PageState[] = ['running', 'halted', 'paused', 'off', 'panicked'];
const CAN_PAUSE: readonly PageState[] = ['running', 'halted', 'paused'];

export class Toolbar {
  readonly element = byId('actions', HTMLElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #pauseLabel = byId('pause-label', HTMLElement);
  readonly #reset = byId('reset', HTMLButtonElement);
  readonly #another = byId('another', HTMLButtonElement);
  #paused = false;

  constructor(events: ToolbarEvents) {
    this.#pause.addEventListener('click', () =>
      this.#paused ? events.onResume() : events.onPause(),
    );
    this.#reset.addEventListener('click', events.onReset);
    this.#another.addEventListener('click', events.onAnother);
  }

  /** Moves the keyboard here, to the first button that can be pressed. */
  focus(): void {
    this.element.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
  }

  showState(state: PageState): void {
    this.#paused = state === 'paused';
    this.#pauseLabel.textContent = this.#paused ? 'Resume' : 'Pause';
    this.#pause.disabled = !CAN_PAUSE.includes(state);
    this.#reset.disabled = !CAN_RESET.includes(state);
  }
}
