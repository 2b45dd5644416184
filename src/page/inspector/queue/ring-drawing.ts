import type { QueueSnapshot } from '../../../machine/index.ts';
import { VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_WRITE } from '../../../ring/layout.ts';
import type { Palette } from '../palette.ts';
import type { Surface } from '../surface.ts';
import { POINTER_GLYPHS, type Side } from './glyphs.ts';
import { type Glow, RingMotion } from './motion.ts';
import { RingBase } from './ring-base.ts';
import { type Band, type Part, type PointerName, RingShape } from './ring-shape.ts';
import { addCell, addMatching, addSlots, FULL, type Height, halfCell } from './slots.ts';
import { availableSlot, type QueueStages, Stage, usedSlot } from './stages.ts';

/** How a slot of each stage is filled, and whose it is. */
export const FILLS: Readonly<Record<number, Height & { side: Side }>> = {
  [Stage.available]: { side: 'driver', from: 0, to: 0.34 },
  [Stage.notified]: { side: 'driver', from: 0, to: 0.72 },
  [Stage.taken]: { side: 'device', from: 0, to: 1 },
  [Stage.served]: { side: 'device', from: 0, to: 0.5 },
};
/** Slots as long as this have room for a number, in pixels. */
const NUMBER_LENGTH = 19;
const GLOW_LEVELS = 4;
const LEAST_SIZE = 40;

/** What is drawn. */
export interface RingPicture {
  queue: QueueSnapshot;
  stages: QueueStages;
  /** The chain that is looked at: its head, and those of its descriptors that lie in the queue's own table. */
  chosen: { head: number; descriptors: readonly number[] } | null;
  pointedAt: Part | null;
}

/**
 * A queue as two rings and a box: the available ring outside, the used ring inside of it, the descriptor table in the
 * middle.
 */
export class RingDrawing {
  readonly #surface: Surface;
  readonly #base = new RingBase();
  readonly #motion = new RingMotion();
  #palette: Palette;
  #shape = new RingShape(1, 1);
  #drawn = '';
  #time = 0;

  constructor(surface: Surface, palette: Palette) {
    this.#surface = surface;
    this.#palette = palette;
  }

  /** Other colours, or another size: all is to be drawn again. */
  refresh(palette = this.#palette): void {
    this.#palette = palette;
    this.#shape = new RingShape(1, 1);
  }

  /** Another queue is looked at: nothing of the one before glows or moves. */
  forget(): void {
    this.#motion.forget();
    this.#drawn = '';
  }

  /** What lies at a point. */
  find(x: number, y: number): Part | null {
    return this.#shape.size < LEAST_SIZE ? null : this.#shape.find(x, y, this.#motion.positions);
  }

  /**
   * Draws, if something has changed or still moves.
   * @param time of the frame, in milliseconds
   * @param still nothing is to move by itself
   */
  draw(picture: RingPicture, time: number, still: boolean): void {
    const slots = picture.queue.available.elements.length;
    const size = Math.min(this.#surface.width, this.#surface.height);
    if (slots === 0 || size < LEAST_SIZE) return;
    const wasAlive = this.#motion.alive;
    this.#motion.advance(picture.queue, Math.min(100, time - this.#time), still);
    this.#time = time;
    const reshaped = this.#reshape(size, slots);
    const signature = signatureOf(picture);
    if (!reshaped && !wasAlive && signature === this.#drawn) return;
    this.#drawn = signature;
    this.#paint(picture);
  }

  #reshape(size: number, slots: number): boolean {
    if (size === this.#shape.size && slots === this.#shape.slots) return false;
    this.#shape = new RingShape(size, slots);
    this.#base.prepare(this.#shape, this.#palette);
    return true;
  }

  #paint(picture: RingPicture): void {
    this.#surface.clear();
    const { available, used } = this.#shape;
    this.#base.paint(this.#surface.context, this.#shape);
    this.#paintGlow(this.#motion.available, available, 'driver');
    this.#paintGlow(this.#motion.used, used, 'device');
    this.#paintStages(picture.stages.available, available);
    this.#paintStages(picture.stages.used, used);
    this.#paintDescriptors(picture);
    this.#paintNumbers(picture.queue);
    this.#paintChosen(picture);
    if (picture.pointedAt !== null) this.#paintPointedAt(picture.pointedAt);
    for (const [name, position] of this.#motion.positions) this.#paintPointer(name, position);
  }

  #paintGlow(glow: Glow, band: Band, side: Side): void {
    if (!glow.alive) return;
    const { context } = this.#surface;
    context.fillStyle = this.#palette[side];
    for (let level = 1; level <= GLOW_LEVELS; level++) {
      context.globalAlpha = (0.5 * level) / GLOW_LEVELS;
      context.beginPath();
      const matches = (slot: number) => Math.ceil(glow.values[slot] * GLOW_LEVELS) === level;
      addMatching(context, this.#shape, band, matches, FULL, true);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  #paintStages(stages: Uint8Array, band: Band): void {
    const { context } = this.#surface;
    for (const stage of [Stage.available, Stage.notified, Stage.taken, Stage.served]) {
      const fill = FILLS[stage];
      context.fillStyle = this.#palette[fill.side];
      context.beginPath();
      addMatching(context, this.#shape, band, (slot) => stages[slot] === stage, fill);
      context.fill();
    }
  }

  /** Those in flight: filled ones the device reads, hollow ones it writes. */
  #paintDescriptors({ queue, stages }: RingPicture): void {
    const { context } = this.#surface;
    const half = halfCell(this.#shape);
    for (const side of ['driver', 'device'] as const) {
      context.fillStyle = this.#palette[side];
      context.beginPath();
      for (let descriptor = 0; descriptor < this.#shape.slots; descriptor++) {
        const stage = stages.descriptors[descriptor];
        if (stage === Stage.none || FILLS[stage].side !== side) continue;
        addCell(context, this.#shape, descriptor, half);
        if (isWritable(queue.descriptors.flags[descriptor])) {
          // Twice in a path filled by the even-odd rule is a hole.
          addCell(context, this.#shape, descriptor, half * 0.5);
        }
      }
      context.fill('evenodd');
    }
  }

  /** In small queues there is room for what the rings hold. */
  #paintNumbers(queue: QueueSnapshot): void {
    const { available, used, slots } = this.#shape;
    if (this.#shape.slotLength(used) < NUMBER_LENGTH) return;
    const { context } = this.#surface;
    context.font = `600 11px ${this.#palette.mono}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let slot = 0; slot < slots; slot++) {
      this.#paintNumber(slot, available, queue.available.elements[slot]);
      this.#paintNumber(slot, used, queue.used.ids[slot]);
    }
  }

  #paintNumber(slot: number, { inner, outer }: Band, value: number): void {
    const { x, y } = this.#shape.point(slot + 0.5, (inner + outer) / 2);
    const { context } = this.#surface;
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = this.#palette.surface;
    context.strokeText(`${value}`, x, y);
    context.fillStyle = this.#palette.text;
    context.fillText(`${value}`, x, y);
  }

  /** A line along a chain: from its place in the available ring through its descriptors, to the used ring. */
  #paintChosen({ queue, stages, chosen }: RingPicture): void {
    if (chosen === null || chosen.head >= this.#shape.slots) return;
    const { available, used, slots } = this.#shape;
    const descriptors = chosen.descriptors.filter((descriptor) => descriptor < slots);
    const points = descriptors.map((descriptor) => this.#shape.cellCentre(descriptor));
    const from = availableSlot(queue, stages, chosen.head);
    const to = usedSlot(queue, chosen.head);
    if (from !== -1) points.unshift(this.#shape.point(from + 0.5, available.inner));
    if (to !== -1) points.push(this.#shape.point(to + 0.5, used.inner));
    this.#paintWay(points);
    for (const index of descriptors) this.#paintPointedAt({ kind: 'descriptor', index });
    if (from !== -1) this.#paintPointedAt({ kind: 'available', index: from });
    if (to !== -1) this.#paintPointedAt({ kind: 'used', index: to });
  }

  #paintWay(points: readonly { x: number; y: number }[]): void {
    const { context } = this.#surface;
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    context.lineJoin = 'round';
    context.lineWidth = 3.5;
    context.strokeStyle = this.#palette.surface;
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = this.#palette.text;
    context.stroke();
  }

  #paintPointedAt(part: Part): void {
    const { context } = this.#surface;
    context.beginPath();
    if (part.kind === 'pointer') {
      const position = this.#motion.positions.get(part.pointer);
      if (position === undefined) return;
      const { x, y } = this.#shape.pointerPoint(part.pointer, position);
      context.arc(x, y, 9, 0, 2 * Math.PI);
    } else if (part.kind === 'descriptor') {
      addCell(context, this.#shape, part.index, halfCell(this.#shape) + 1);
    } else {
      addSlots(context, this.#shape, this.#shape[part.kind], [part.index, part.index + 1]);
    }
    context.lineWidth = 1.5;
    context.strokeStyle = this.#palette.text;
    context.stroke();
  }

  #paintPointer(name: PointerName, position: number): void {
    const { context } = this.#surface;
    const { path, side, filled } = POINTER_GLYPHS[name];
    const { x, y } = this.#shape.point(position, this.#shape.tipRadius(name));
    const glyph = new Path2D(path);
    context.save();
    context.translate(x, y);
    context.rotate(this.#shape.angle(position) + Math.PI / 2);
    context.lineJoin = 'round';
    context.lineWidth = 2.5;
    context.strokeStyle = this.#palette.surface;
    context.stroke(glyph);
    context.fillStyle = filled ? this.#palette[side] : this.#palette.surface;
    context.fill(glyph);
    if (!filled) {
      context.lineWidth = 1.5;
      context.strokeStyle = this.#palette[side];
      context.stroke(glyph);
    }
    context.restore();
  }
}

function isWritable(flags: number): boolean {
  return (flags & VIRTQ_DESC_F_WRITE) !== 0 && (flags & VIRTQ_DESC_F_INDIRECT) === 0;
}

/** The same for two pictures that look the same. */
function signatureOf({ queue, chosen, pointedAt }: RingPicture): string {
  const { availableIndex, doorbell, taken, returned, published, inFlight } = queue;
  const indices = [availableIndex, doorbell, taken, returned, published, inFlight.length];
  const events = queue.eventIndex ? [queue.available.usedEvent, queue.used.availEvent] : [];
  const chain = chosen === null ? [] : [chosen.head, ...chosen.descriptors];
  const part = pointedAt === null ? [] : Object.values(pointedAt);
  return [indices, events, chain, part].join(';');
}
