import type { QueueSummary } from '../../machine/index.ts';
import { distance } from './queue/stages.ts';

const SVG = 'http://www.w3.org/2000/svg';
const SEGMENTS = 12;
const RADIUS = 8.2;
const WIDTH = 3;
/** Radians between two segments. */
const GAP = 0.16;

/** What a segment of a small ring stands for. */
export type MiniState = 'off' | 'idle' | 'driver' | 'device';

/**
 * A queue in few segments: those between the chains that came back last and those made available last are lit, by
 * whose turn it is.
 */
export function miniStates(queue: QueueSummary): MiniState[] {
  const { enabled, fault, size, availableIndex, taken, published } = queue;
  if (!enabled || fault !== null || size === 0) return Array(SEGMENTS).fill('off');
  const states: MiniState[] = Array(SEGMENTS).fill('idle');
  const light = (from: number, to: number, state: MiniState) => {
    const count = Math.min(distance(from, to), size);
    if (count === 0) return;
    const first = Math.floor(((from & (size - 1)) / size) * SEGMENTS);
    const last = Math.ceil((((from & (size - 1)) + count) / size) * SEGMENTS);
    for (let at = first; at < Math.min(last, first + SEGMENTS); at++) states[at % SEGMENTS] = state;
  };
  light(taken, availableIndex, 'driver');
  light(published, taken, 'device');
  return states;
}

/** The project's mark for one queue, alive. */
export class MiniRing {
  readonly element = document.createElementNS(SVG, 'svg');
  readonly #segments: SVGElement[] = [];
  readonly #box = document.createElementNS(SVG, 'rect');
  #published: number | null = null;

  constructor() {
    this.element.setAttribute('class', 'mini-ring');
    this.element.setAttribute('viewBox', '-10 -10 20 20');
    this.element.setAttribute('aria-hidden', 'true');
    for (let segment = 0; segment < SEGMENTS; segment++)
      this.#segments.push(createSegment(segment));
    for (const [name, value] of Object.entries({
      x: -2.4,
      y: -2.4,
      width: 4.8,
      height: 4.8,
      rx: 1,
    })) {
      this.#box.setAttribute(name, `${value}`);
    }
    this.#box.setAttribute('class', 'mini-box');
    this.element.append(...this.#segments, this.#box);
  }

  show(queue: QueueSummary): void {
    for (const [index, state] of miniStates(queue).entries()) {
      const { dataset } = this.#segments[index];
      if (dataset.state !== state) dataset.state = state;
    }
    const moved = this.#published !== null && this.#published !== queue.published;
    this.#published = queue.published;
    const busy = `${moved}`;
    if (this.#box.dataset.busy !== busy) this.#box.dataset.busy = busy;
  }
}

function createSegment(segment: number): SVGElement {
  const from = (segment / SEGMENTS) * 2 * Math.PI - Math.PI / 2 + GAP / 2;
  const to = from + (2 * Math.PI) / SEGMENTS - GAP;
  const point = (angle: number) =>
    `${(RADIUS * Math.cos(angle)).toFixed(2)} ${(RADIUS * Math.sin(angle)).toFixed(2)}`;
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', `M${point(from)}A${RADIUS} ${RADIUS} 0 0 1 ${point(to)}`);
  path.setAttribute('stroke-width', `${WIDTH}`);
  path.setAttribute('class', 'mini-segment');
  return path;
}
