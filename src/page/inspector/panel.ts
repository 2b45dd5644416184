import type { DeviceSnapshot, Inspector, Machine } from '../../machine/index.ts';
import { addressOf } from '../arrival.ts';
import { copyText } from '../clipboard.ts';
import { deviceName, heldNames } from '../device-names.ts';
import { create, createButton, setAvailable, setText } from '../elements.ts';
import { describeFailure } from '../failure.ts';
import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame, PanelTarget } from '../panels/panel.ts';
import { recall, remember } from '../remembered.ts';
import { BreakView } from './break/break-view.ts';
import { Choice } from './choice.ts';
import { DeviceView } from './device/device-view.ts';
import { DeviceStrip } from './device-strip.ts';
import { Explanation } from './explanation.ts';
import { DrawingPace, Frames, Pace } from './frames.ts';
import { QueueView } from './queue/queue-view.ts';
import { TimeView } from './time/time-view.ts';
import type { View } from './view.ts';

const VIEWS = [
  { id: 'queue', label: 'Queue' },
  { id: 'device', label: 'Device' },
  { id: 'time', label: 'Time' },
  { id: 'break', label: 'Break it' },
] as const;
type ViewName = (typeof VIEWS)[number]['id'];

/** What the browser remembers it by. */
const RECORD = 'inspector';
/** Milliseconds between two looks at all devices. */
const STRIP_PACE = 50;

/** What is in the panel "Inspector". */
export class InspectorPanel implements PanelContent {
  readonly #none = create('p', 'panel-text inspector-none');
  readonly #body: HTMLElement;
  readonly #strip: DeviceStrip;
  readonly #choice: Choice<ViewName>;
  readonly #views: Readonly<Record<ViewName, View>>;
  readonly #time: TimeView;
  readonly #link = createButton('Copy link', 'button button-small button-plain', () => {
    void this.#copyLink();
  });
  readonly #explanation: Explanation;
  readonly #panels = new Map<ViewName, HTMLElement>();
  readonly #frames = new Frames((time) => this.#draw(time));
  readonly #pace = new DrawingPace();
  readonly #stripPace = new Pace(STRIP_PACE);
  #machine: Machine | null = null;
  #inspector: Inspector | null = null;
  #seen = false;

  readonly #frame: PanelFrame;
  readonly #page: PageServices;

  constructor(frame: PanelFrame, page: PageServices) {
    this.#frame = frame;
    this.#page = page;
    const { content } = frame;
    const explanation = new Explanation(content);
    this.#explanation = explanation;
    this.#time = new TimeView(explanation, page);
    this.#views = {
      queue: new QueueView(explanation, (sentence) => page.announce(sentence)),
      device: new DeviceView(),
      time: this.#time,
      break: new BreakView({
        announce: (sentence) => page.announce(sentence),
        lookAtTrace: (finished) => {
          this.#choice.choose('time');
          void this.#time.look(finished);
        },
      }),
    };
    this.#strip = new DeviceStrip((queue, byHand) => {
      for (const view of Object.values(this.#views)) view.choose?.(queue, byHand);
    });
    this.#choice = new Choice('inspector', 'tab', 'What to look at', VIEWS, () => this.#change());
    this.#body = create('div', 'inspector-body', ...this.#createPanels());
    const views = create('div', 'inspector-choice', this.#choice.element, this.#link);
    const head = create('div', 'inspector-head', this.#strip.element, views);
    content.append(create('div', 'inspector', head, this.#none, this.#body, explanation.element));
    const remembered = recall(RECORD);
    const view = VIEWS.find(({ id }) => id === remembered);
    if (view !== undefined) this.#choice.choose(view.id);
  }

  get #view(): View {
    return this.#views[this.#choice.chosen];
  }

  /** Looks at another machine; null for none. */
  async connect(machine: Machine | null): Promise<void> {
    this.#machine = machine;
    this.#use(null, 'There is no machine.');
    if (machine === null) return;
    try {
      const inspector = await machine.inspect();
      // Meanwhile there may be another.
      if (machine === this.#machine) this.#use(inspector, '');
    } catch (reason) {
      console.error(reason);
      const { message, remedy } = describeFailure(reason);
      if (machine === this.#machine) this.#use(null, `${message} ${remedy}`);
    }
  }

  aim({ view, device, queue = 0 }: PanelTarget): void {
    if (device !== undefined) this.#strip.choose({ place: device, queue });
    const known = VIEWS.find(({ id }) => id === view);
    if (known !== undefined) this.#choice.choose(known.id);
    else if (view !== undefined) this.#tellMissing(view);
  }

  /** Looks at a trace in a file. */
  openTrace(file: File): void {
    this.#choice.choose('time');
    void this.#time.openFile(file);
  }

  shown(): void {
    this.#seen = true;
    this.#frame.mark('');
    this.#view.shown?.();
    this.#frames.start();
  }

  hidden(): void {
    this.#seen = false;
    this.#view.hidden?.();
    this.#frames.stop();
    for (const view of Object.values(this.#views)) view.closed?.();
    this.#frame.mark(heldWords(this.#inspector?.devices() ?? []));
  }

  /** A link for others to what is looked at, and to the devices that are held. */
  async #copyLink(): Promise<void> {
    const devices = this.#inspector?.devices() ?? [];
    const { place, queue } = this.#strip.chosen ?? {};
    const device = devices.find((each) => each.place === place);
    if (device === undefined || queue === undefined) return;
    const { href } = addressOf(new URL(location.href), {
      lesson: null,
      inspect: { device: deviceName(device, devices), queue, view: this.#choice.chosen },
      hold: heldNames(devices),
      run: [],
    });
    const words = (await copyText(href))
      ? 'The link to what you look at was copied'
      : 'The browser lets the page copy nothing. The link to what you look at';
    const meaning = `${words}: ${href}`;
    this.#explanation.show({ term: { name: 'Copy link', meaning, clause: null }, now: '' });
    this.#page.announce(meaning);
  }

  #tellMissing(view: string): void {
    const views = VIEWS.map(({ id }) => id).join(', ');
    const message = `The address asks for a view “${view}” of the inspector, which has none of that name.`;
    const remedy = `Its views are called ${views}.`;
    const run = () => this.#page.openPanel('inspector');
    this.#page.tellMissed({ message, remedy }, { label: 'Go to the inspector', run });
  }

  #use(inspector: Inspector | null, reason: string): void {
    this.#inspector = inspector;
    setAvailable(this.#link, inspector !== null);
    setText(this.#none, reason);
    if (!this.#seen) this.#frame.mark('');
    if (inspector === null) this.#strip.show([]);
    for (const view of Object.values(this.#views)) view.connect(inspector);
    this.#stripPace.hurry();
    this.#showBody();
  }

  /** Without a machine only some views have anything to show. */
  #showBody(): void {
    const useful = this.#inspector !== null || this.#view.worksAlone === true;
    this.#none.hidden = useful;
    this.#body.hidden = !useful;
  }

  #createPanels(): HTMLElement[] {
    return VIEWS.map(({ id }) => {
      const panel = create('div', 'inspector-view', this.#views[id].element);
      panel.id = `inspector-panel-${id}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', `inspector-tab-${id}`);
      panel.hidden = id !== this.#choice.chosen;
      this.#panels.set(id, panel);
      return panel;
    });
  }

  #change(): void {
    const { chosen } = this.#choice;
    for (const [id, panel] of this.#panels) {
      const view = this.#views[id];
      if (this.#seen && !panel.hidden && id !== chosen) view.hidden?.();
      const appears = panel.hidden && id === chosen;
      panel.hidden = id !== chosen;
      if (this.#seen && appears) view.shown?.();
    }
    this.#showBody();
    remember(RECORD, chosen);
  }

  #draw(time: number): void {
    if (!this.#pace.isDue(time)) return;
    const begin = performance.now();
    if (this.#inspector !== null && this.#stripPace.isDue(time)) {
      this.#strip.show(this.#inspector.devices());
    }
    if (!this.#body.hidden) this.#view.frame(time);
    this.#pace.spent(performance.now() - begin);
  }
}

/** What waits for somebody to let it go on; empty for nothing. */
function heldWords(devices: readonly DeviceSnapshot[]): string {
  const held = devices.filter((device) => device.held || device.withheldIsr !== 0);
  const names = held.map(({ name }) => name).join(', ');
  return names === '' ? '' : `Held: ${names}. Release it in the inspector.`;
}
