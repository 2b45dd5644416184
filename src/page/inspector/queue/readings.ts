import type { DeviceSnapshot, QueueSnapshot } from '../../../machine/index.ts';
import { create } from '../../elements.ts';
import { explain } from '../explanation.ts';
import { makeRoving, setStop } from '../roving.ts';
import { createBar, createGlyph } from './glyphs.ts';
import { Reading } from './reading.ts';
import { FILLS } from './ring-drawing.ts';
import type { PointerName } from './ring-shape.ts';
import { type QueueStages, Stage } from './stages.ts';
import { slotWords } from './words.ts';

const INDICES = [
  ['availableIndex', 'avail idx'],
  ['doorbell', 'doorbell'],
  ['taken', 'taken'],
  ['returned', 'returned'],
  ['usedIndex', 'used idx'],
  ['usedEvent', 'used_event'],
  ['availEvent', 'avail_event'],
] as const satisfies [PointerName, string][];

const STAGES = [
  [Stage.available, 'available', 'not told'],
  [Stage.notified, 'notified', 'waiting'],
  [Stage.taken, 'atWork', 'at work'],
  [Stage.served, 'served', 'done, not visible'],
] as const;

/** The indices of a queue, what is in flight, and how the device's interrupt stands, in numbers. */
export class Readings {
  readonly element: HTMLElement;
  readonly #indices = new Map<PointerName, Reading>();
  readonly #stages = new Map<number, Reading>();
  readonly #availableFlags = new Reading(null, 'avail flags', 'availableFlags');
  readonly #usedFlags = new Reading(null, 'used flags', 'usedFlags');
  readonly #isr = new Reading(null, 'ISR status', 'isr');
  readonly #line = new Reading(null, 'interrupt line', 'interruptLine');

  /** @param onPoint an index is pointed at, or none any more */
  constructor(onPoint: (pointer: PointerName | null) => void) {
    for (const [pointer, name] of INDICES) {
      const reading = new Reading(createGlyph(pointer), name, pointer);
      this.#indices.set(pointer, reading);
      for (const event of ['pointerenter', 'focus']) {
        reading.element.addEventListener(event, () => onPoint(pointer));
      }
      for (const event of ['pointerleave', 'blur']) {
        reading.element.addEventListener(event, () => onPoint(null));
      }
    }
    for (const [stage, term, name] of STAGES) {
      const { side, to } = FILLS[stage];
      const picture = createBar(side, to, false);
      this.#stages.set(stage, new Reading(picture, name, term));
    }
    const indices = group('Indices', [...this.#indices.values()]);
    const stages = group('In flight', [...this.#stages.values()]);
    const rest = [this.#availableFlags, this.#usedFlags, this.#isr, this.#line];
    this.element = create('div', 'readings', indices, stages, group('Flags and interrupt', rest));
  }

  show(queue: QueueSnapshot, stages: QueueStages, device: DeviceSnapshot): void {
    const values: Record<PointerName, number> = {
      availableIndex: queue.availableIndex,
      doorbell: queue.doorbell,
      taken: queue.taken,
      returned: queue.returned,
      usedIndex: queue.published,
      usedEvent: queue.available.usedEvent,
      availEvent: queue.used.availEvent,
    };
    for (const [pointer, reading] of this.#indices) {
      const isEvent = pointer === 'usedEvent' || pointer === 'availEvent';
      reading.element.hidden = isEvent && !queue.eventIndex;
      reading.show(`${values[pointer]}`, slotWords(values[pointer], queue.size));
    }
    for (const [stage, reading] of this.#stages) reading.show(`${stages.counts[stage]}`);
    this.#availableFlags.show(`${queue.available.flags}`);
    this.#usedFlags.show(`${queue.used.flags}`);
    this.#isr.show(`${device.isr}`, isrWords(device.isr));
    this.#line.show(device.lineRaised ? 'raised' : 'low', lineWords(device.line));
  }
}

function group(label: string, readings: readonly Reading[]): HTMLElement {
  const title = create('h3', 'readings-title', label);
  const list = create('div', 'readings-list', ...readings.map(({ element }) => element));
  list.setAttribute('role', 'toolbar');
  list.ariaLabel = label;
  list.ariaOrientation = 'vertical';
  makeRoving(list);
  setStop(list, null);
  return create('div', 'readings-group', title, list);
}

function isrWords(isr: number): string {
  const names = [...(isr & 1 ? ['queue'] : []), ...(isr & 2 ? ['configuration'] : [])];
  return names.join(', ');
}

function lineWords(line: number | null): string {
  return line === null ? '' : `IRQ ${line}`;
}

/** A name in a corner of the drawing. */
export function createCorner(
  corner: 'available' | 'used' | 'table',
  name: string,
  term: 'availableRing' | 'usedRing' | 'descriptorTable',
): HTMLElement {
  const button = create('button', 'ring-corner', name);
  button.type = 'button';
  button.dataset.corner = corner;
  explain(button, term);
  return button;
}
