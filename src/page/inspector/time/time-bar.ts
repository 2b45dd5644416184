import { create, createButton, setAvailable, setText } from '../../elements.ts';
import { explain } from '../explanation.ts';
import type { TraceSource } from './trace-source.ts';

export interface TimeActions {
  toggleFreeze(): void | Promise<void>;
  toggleRecord(): Promise<void>;
  recordBoot(): Promise<void>;
  open(file: File): Promise<void>;
  save(format: 'json' | 'chrome'): Promise<void>;
  backToLive(): Promise<void>;
}

/** The buttons above the timeline. */
export class TimeBar {
  readonly element = create('div', 'time-bar');
  /** Those that keep what is looked at. */
  readonly saving: HTMLElement;
  readonly #freeze: HTMLButtonElement;
  readonly #live: HTMLButtonElement;
  readonly #record: HTMLButtonElement;
  readonly #boot: HTMLButtonElement;
  readonly #json: HTMLButtonElement;
  readonly #chrome: HTMLButtonElement;
  readonly #fail: (reason: unknown) => void;

  /** @param fail is told why an action could not be done */
  constructor(actions: TimeActions, fail: (reason: unknown) => void) {
    this.#fail = fail;
    this.#freeze = this.#createButton('Freeze', () => actions.toggleFreeze());
    this.#live = this.#createButton('Back to live', () => actions.backToLive());
    this.#record = this.#createButton('Record', () => actions.toggleRecord());
    this.#boot = this.#createButton('Record a boot', () => actions.recordBoot());
    this.#json = this.#createButton('Save as JSON', () => actions.save('json'));
    this.#chrome = this.#createButton('Save for Perfetto', () => actions.save('chrome'));
    explain(this.#record, 'record');
    explain(this.#boot, 'record');
    this.element.append(
      this.#freeze,
      this.#live,
      this.#record,
      this.#boot,
      this.#createPicker((file) => actions.open(file)),
    );
    this.saving = create('div', 'time-bar', this.#json, this.#chrome);
  }

  show({ hasMachine, recorder, frozen, finished, still }: TraceSource): void {
    this.#freeze.hidden = finished;
    this.#live.hidden = !finished || !hasMachine;
    setText(this.#freeze, frozen ? 'Go on' : 'Freeze');
    setText(this.#record, recorder.active ? 'Stop recording' : 'Record');
    this.#record.classList.toggle('button-recording', recorder.active);
    setAvailable(this.#freeze, hasMachine);
    setAvailable(this.#record, hasMachine);
    setAvailable(this.#boot, hasMachine && !recorder.active);
    this.saving.hidden = !still;
  }

  #createButton(label: string, run: () => void | Promise<void>): HTMLButtonElement {
    const button = createButton(label, 'button button-small', async () => {
      if (button.ariaDisabled === 'true') return;
      try {
        await run();
      } catch (reason) {
        this.#fail(reason);
      }
    });
    return button;
  }

  #createPicker(open: (file: File) => Promise<void>): HTMLElement {
    const input = create('input', 'visually-hidden');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file !== undefined) void open(file).catch(this.#fail);
      // The same file can be chosen again.
      input.value = '';
    });
    return create('label', 'button button-small', input, create('span', '', 'Open a trace'));
  }
}
