import type { DeviceControl, DeviceSnapshot, StepResult } from '../../../machine/index.ts';
import { create, createButton, setAvailable, setText } from '../../elements.ts';
import { describeFailure } from '../../failure.ts';
import { explain } from '../explanation.ts';
import { makeRoving, setStop } from '../roving.ts';
import { SlowMotion } from './slow-motion.ts';
import { controlWords, stepWords } from './words.ts';

export interface ControlEvents {
  /** Something was done: what is shown follows at once. */
  changed(): void;
  /** A sentence for those who use a screen reader. */
  announce(sentence: string): void;
}

/** Holds a device and lets it go step by step. */
export class ControlBar {
  readonly element: HTMLElement;
  readonly #state = create('p', 'control-state');
  readonly #outcome = create('p', 'control-outcome');
  readonly #hold = this.#createButton('Hold', () => this.#toggleHold());
  readonly #take = this.#createButton('Take one chain', () => this.#step('take'));
  readonly #publish = this.#createButton('Publish one element', () => this.#step('publish'));
  readonly #slow = this.#createButton('Slow motion', () => this.#toggleSlow());
  readonly #withhold = this.#createButton('Withhold interrupts', () => this.#toggleWithhold());
  readonly #deliver = this.#createButton('Deliver', () => this.#control?.deliver());
  readonly #events: ControlEvents;
  #control: DeviceControl | null = null;
  #slowMotion: SlowMotion | null = null;
  #busy = false;

  constructor(events: ControlEvents) {
    this.#events = events;
    for (const [button, term] of [
      [this.#hold, 'hold'],
      [this.#take, 'take'],
      [this.#publish, 'publish'],
      [this.#slow, 'slowMotion'],
      [this.#withhold, 'withhold'],
      [this.#deliver, 'deliver'],
    ] as const) {
      explain(button, term);
    }
    const all = [this.#hold, this.#take, this.#publish, this.#slow, this.#withhold, this.#deliver];
    const buttons = create('div', 'control-buttons', ...all);
    buttons.setAttribute('role', 'toolbar');
    buttons.ariaLabel = 'Control of the device';
    makeRoving(buttons);
    setStop(buttons, null);
    const words = create('div', 'control-words', this.#state, this.#outcome);
    this.element = create('section', 'control', buttons, words);
    this.element.ariaLabel = 'Control';
  }

  /** Another device is looked at, or none. What was held stays so; slow motion does not. */
  use(control: DeviceControl | null): void {
    if (control === this.#control) return;
    this.rest();
    this.#control = control;
    setText(this.#outcome, '');
    this.#slowMotion =
      control &&
      new SlowMotion(control, {
        stepped: (what, step) => this.#show(what, step),
        failed: (reason) => this.#fail(reason),
      });
  }

  /** Nobody looks any more: slow motion ends. */
  rest(): void {
    this.#slowMotion?.stop();
  }

  show(device: DeviceSnapshot): void {
    const slow = this.#slowMotion?.running ?? false;
    const byHand = device.held && !slow && !device.paused;
    setText(this.#hold, device.held && !slow ? 'Release' : 'Hold');
    this.#slow.ariaPressed = `${slow}`;
    this.#withhold.ariaPressed = `${device.interruptsWithheld}`;
    setAvailable(this.#hold, !device.dead);
    setAvailable(this.#take, byHand);
    setAvailable(this.#publish, byHand);
    setAvailable(this.#slow, !device.dead && !device.paused);
    setAvailable(this.#deliver, device.withheldIsr !== 0);
    setText(this.#state, controlWords(device, slow));
  }

  #createButton(label: string, run: () => void | Promise<void>): HTMLButtonElement {
    const button = createButton(label, 'button button-small', async () => {
      if (this.#busy || button.ariaDisabled === 'true') return;
      this.#busy = true;
      try {
        await run();
      } catch (reason) {
        this.#fail(reason);
      } finally {
        this.#busy = false;
        this.#events.changed();
      }
    });
    return button;
  }

  async #toggleHold(): Promise<void> {
    const slow = this.#slowMotion?.running ?? false;
    setText(this.#outcome, '');
    if (this.#control?.held && !slow) this.#control.release();
    else {
      this.#slowMotion?.stop();
      await this.#control?.hold();
    }
  }

  async #step(what: 'take' | 'publish'): Promise<void> {
    const step = (await this.#control?.[what]()) ?? null;
    const words = this.#show(what, step);
    this.#events.announce(words);
  }

  async #toggleSlow(): Promise<void> {
    setText(this.#outcome, '');
    if (this.#slowMotion?.running) this.#slowMotion.stop();
    else await this.#slowMotion?.start();
  }

  #toggleWithhold(): void {
    const control = this.#control;
    if (control !== null) control.withholdInterrupts = !control.withholdInterrupts;
  }

  #show(what: 'take' | 'publish', step: StepResult | null): string {
    const words = stepWords(what, step);
    setText(this.#outcome, words);
    this.#outcome.dataset.failed = 'false';
    this.#events.changed();
    return words;
  }

  #fail(reason: unknown): void {
    const { message, remedy } = describeFailure(reason);
    setText(this.#outcome, `${message} ${remedy}`);
    this.#outcome.dataset.failed = 'true';
    this.#events.announce(message);
  }
}
