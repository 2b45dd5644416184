import type { DeviceSnapshot, Inspector } from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { explain, termOf } from '../explanation.ts';
import { formatHex } from '../format.ts';
import { Pace } from '../frames.ts';
import { GLOSSARY, type TermName } from '../glossary.ts';
import { hexLine } from '../queue/hex.ts';
import { makeRoving, setStop } from '../roving.ts';
import type { QueuePlace, View } from '../view.ts';
import { Lamp } from './lamp.ts';

const READING_PACE = 125;

/** In the order in which they are typically set. */
const STATUS: readonly [bit: number, term: TermName][] = [
  [0, 'acknowledge'],
  [1, 'driver'],
  [3, 'featuresOk'],
  [2, 'driverOk'],
  [6, 'needsReset'],
  [7, 'failed'],
];

/** A device: how far driver and device have come, what they agree on, and its configuration. */
export class DeviceView implements View {
  readonly element: HTMLElement;
  readonly #title = create('h3', 'device-title');
  readonly #where = create('p', 'panel-text');
  readonly #fault = create('p', 'chain-fault');
  readonly #status = new Map<number, Lamp>();
  readonly #features = create('div', 'lamps');
  readonly #featuresTitle = create('h4', 'panel-heading', 'Features');
  readonly #interrupt = create('div', 'lamps');
  readonly #isrQueue = new Lamp('queue interrupt', 'isr');
  readonly #isrConfiguration = new Lamp('configuration interrupt', 'isr');
  readonly #line = new Lamp('interrupt line', 'interruptLine');
  readonly #configuration = create('dl', 'configuration');
  readonly #bytes = create('pre', 'configuration-bytes');
  readonly #pace = new Pace(READING_PACE);
  #inspector: Inspector | null = null;
  #place: number | null = null;
  #madeOf = '';

  constructor() {
    const status = create('div', 'lamps');
    for (const [bit, term] of STATUS) {
      const lamp = new Lamp(GLOSSARY[term].name, term);
      this.#status.set(bit, lamp);
      status.append(lamp.element);
    }
    this.#interrupt.append(
      this.#isrQueue.element,
      this.#isrConfiguration.element,
      this.#line.element,
    );
    for (const [lamps, label] of [
      [status, 'Device status'],
      [this.#features, 'Features'],
      [this.#interrupt, 'Interrupt'],
    ] as const) {
      lamps.setAttribute('role', 'toolbar');
      lamps.ariaLabel = label;
      makeRoving(lamps);
      setStop(lamps, null);
    }
    explain(this.#configuration, 'configuration');
    this.element = create(
      'div',
      'device',
      create('div', 'device-head', this.#title, this.#where, this.#fault),
      section('Device status', status),
      create('section', 'device-section', this.#featuresTitle, this.#features),
      section('Interrupt', this.#interrupt),
      section('Device configuration', this.#configuration, this.#bytes),
    );
  }

  connect(inspector: Inspector | null): void {
    this.#inspector = inspector;
    this.#pace.hurry();
  }

  choose({ place }: QueuePlace): void {
    this.#place = place;
    this.#pace.hurry();
  }

  frame(time: number): void {
    if (!this.#pace.isDue(time)) return;
    const device = this.#place === null ? null : (this.#inspector?.device(this.#place) ?? null);
    if (device !== null) this.#show(device);
  }

  #show(device: DeviceSnapshot): void {
    setText(this.#title, device.name);
    setText(
      this.#where,
      `${device.typeName} (type ${device.type}, section ${device.section}) at PCI ${device.pciAddress}`,
    );
    const fault = faultOf(device);
    setText(this.#fault, fault);
    this.#fault.hidden = fault === '';
    for (const [bit, lamp] of this.#status) lamp.show(((device.status >> bit) & 1) === 1);
    this.#isrQueue.show((device.isr & 1) !== 0);
    this.#isrConfiguration.show((device.isr & 2) !== 0);
    this.#line.show(device.lineRaised, device.line === null ? '' : `IRQ ${device.line}`);
    setText(
      this.#featuresTitle,
      device.featuresAgreed ? 'Features, agreed upon' : 'Features, not agreed upon',
    );
    this.#showFeatures(device);
    this.#showConfiguration(device);
  }

  #showFeatures({ features }: DeviceSnapshot): void {
    const madeOf = JSON.stringify(features);
    if (madeOf === this.#madeOf) return;
    this.#madeOf = madeOf;
    const lamps = features.map((feature) => {
      const explained = {
        term: termOf(feature),
        now: `bit ${feature.bit}, ${acceptance(feature)}`,
      };
      const lamp = new Lamp(feature.name, () => explained);
      lamp.show(feature.accepted, '');
      return lamp.element;
    });
    this.#features.replaceChildren(...lamps);
    setStop(this.#features, null);
  }

  #showConfiguration({ configurationFields, configuration, generation }: DeviceSnapshot): void {
    const rows = configurationFields.map(({ name, value, section: where }) => {
      return [name, `${value}`, where];
    });
    const wanted = rows.length + 1;
    while (this.#configuration.childElementCount < wanted) this.#configuration.append(createRow());
    while (this.#configuration.childElementCount > wanted) this.#configuration.lastChild?.remove();
    for (const [index, row] of [...this.#configuration.children].entries()) {
      const [name, value] = rows[index] ?? ['config_generation', `${generation}`];
      setText(row.children[0] as HTMLElement, name);
      setText(row.children[1] as HTMLElement, value);
    }
    const lines: string[] = [];
    for (let at = 0; at < configuration.length; at += 16) {
      const { hex } = hexLine(configuration.subarray(at, at + 16), 16);
      lines.push(`${formatHex(at, 1).slice(2)}  ${hex}`);
    }
    setText(this.#bytes, lines.join('\n'));
    this.#bytes.hidden = lines.length === 0;
  }
}

function createRow(): HTMLElement {
  return create('div', 'configuration-row', create('dt', ''), create('dd', ''));
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  return create('section', 'device-section', create('h4', 'panel-heading', title), ...content);
}

function acceptance({ accepted }: { accepted: boolean }): string {
  return accepted ? 'accepted by the driver' : 'offered, not accepted';
}

function faultOf({ dead, needsReset, fault, resetting }: DeviceSnapshot): string {
  if (dead) return 'The worker of this device has ended.';
  if (resetting) return 'The device is being reset.';
  if (!needsReset) return '';
  return `The device needs a reset${fault === null ? '.' : `: ${fault}.`}`;
}
