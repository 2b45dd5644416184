import type { DeviceSnapshot, QueueSummary } from '../../machine/index.ts';
import { create, setText } from '../elements.ts';
import { MiniRing } from './mini-ring.ts';
import { makeRoving, setStop } from './roving.ts';
import type { QueuePlace } from './view.ts';

/** All devices with all their queues, as small rings: what is busy is seen at a glance, and one is chosen. */
export class DeviceStrip {
  readonly element = create('div', 'device-strip');
  readonly #devices = new Map<number, DeviceEntry>();
  readonly #onChoose: (queue: QueuePlace, byHand: boolean) => void;
  #chosen: QueuePlace | null = null;

  /** @param onChoose told as well whether somebody has asked for it */
  constructor(onChoose: (queue: QueuePlace, byHand: boolean) => void) {
    this.#onChoose = onChoose;
    this.element.setAttribute('role', 'toolbar');
    this.element.ariaLabel = 'Queues of the devices';
    makeRoving(this.element);
  }

  get chosen(): QueuePlace | null {
    return this.#chosen;
  }

  show(devices: readonly DeviceSnapshot[]): void {
    const places = new Set(devices.map(({ place }) => place));
    for (const [place, entry] of this.#devices) {
      if (places.has(place)) continue;
      entry.element.remove();
      this.#devices.delete(place);
    }
    for (const device of devices) this.#showDevice(device);
    this.#keepChoice(devices);
  }

  choose(queue: QueuePlace, byHand = true): void {
    this.#chosen = queue;
    for (const [place, entry] of this.#devices) {
      entry.markChosen(place === queue.place ? queue.queue : null);
    }
    setStop(this.element, this.element.querySelector('[aria-pressed="true"]'));
    this.#onChoose(queue, byHand);
  }

  #showDevice(device: DeviceSnapshot): void {
    const { place } = device;
    let entry = this.#devices.get(place);
    // Another device may have come into the place of one that has gone.
    if (entry !== undefined && !entry.fits(device)) {
      entry.element.remove();
      entry = undefined;
    }
    if (entry === undefined) {
      entry = new DeviceEntry(device, (queue) => this.choose({ place, queue }));
      this.#devices.set(place, entry);
      this.element.append(entry.element);
      if (this.#chosen?.place === place) entry.markChosen(this.#chosen.queue);
    }
    entry.show(device);
  }

  /** Something is chosen as long as there is something. */
  #keepChoice(devices: readonly DeviceSnapshot[]): void {
    const { place } = this.#chosen ?? {};
    if (devices.some((device) => device.place === place)) return;
    const first = worthALook(devices);
    if (first !== null) this.choose(first, false);
  }
}

/** The first queue of the first disk, which most people want to see; else the first that is in use. */
function worthALook(devices: readonly DeviceSnapshot[]): QueuePlace | null {
  const device = devices.find(({ kind }) => kind === 'block') ?? devices[0];
  if (device === undefined) return null;
  const queue = device.queues.find(({ enabled }) => enabled) ?? device.queues[0];
  return queue === undefined ? null : { place: device.place, queue: queue.queue };
}

class DeviceEntry {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #state = create('span', 'device-entry-state');
  readonly #queues: QueueButton[];

  constructor(device: DeviceSnapshot, onChoose: (queue: number) => void) {
    this.#name = device.name;
    this.#queues = device.queues.map((queue) => {
      return new QueueButton(device.name, queue, () => onChoose(queue.queue));
    });
    const rings = create(
      'span',
      'device-entry-rings',
      ...this.#queues.map(({ element }) => element),
    );
    const name = create('span', 'device-entry-name', device.name, ' ', this.#state);
    this.element = create('div', 'device-entry', name, rings);
    this.element.setAttribute('role', 'group');
    this.element.ariaLabel = device.name;
  }

  fits({ name, queues }: DeviceSnapshot): boolean {
    return name === this.#name && queues.length === this.#queues.length;
  }

  show(device: DeviceSnapshot): void {
    setText(this.#state, stateOf(device));
    for (const [index, queue] of device.queues.entries()) this.#queues[index].show(queue);
  }

  markChosen(queue: number | null): void {
    for (const button of this.#queues) button.markChosen(button.queue === queue);
  }
}

function stateOf({ dead, needsReset, resetting, paused, held }: DeviceSnapshot): string {
  if (dead) return 'has ended';
  if (needsReset) return 'needs reset';
  if (resetting) return 'resetting';
  if (held) return 'held';
  return paused ? 'paused' : '';
}

class QueueButton {
  readonly element = create('button', 'queue-button');
  readonly queue: number;
  readonly #ring = new MiniRing();

  constructor(device: string, { queue, name }: QueueSummary, onChoose: () => void) {
    this.queue = queue;
    this.element.type = 'button';
    this.element.ariaLabel = `${name} of ${device}`;
    this.element.title = name;
    this.element.append(this.#ring.element);
    this.element.addEventListener('click', onChoose);
    this.markChosen(false);
  }

  show(queue: QueueSummary): void {
    this.#ring.show(queue);
  }

  markChosen(chosen: boolean): void {
    this.element.ariaPressed = `${chosen}`;
  }
}
