import type { OpenPanel, PanelShape, Place } from './arrangement.ts';

/** Where a panel was put, and how large it was made, as far as somebody has done so. In rem. */
interface Wishes {
  place?: Place;
  width?: number;
  height?: number;
}

/** What goes into the browser's storage. */
export interface PanelsRecord {
  open: string[];
  wishes: Record<string, Wishes>;
}

/** Which panels are open, and how their visitor wants them. */
export class PanelMemory {
  readonly #shapes = new Map<string, PanelShape>();
  readonly #wishes = new Map<string, Wishes>();
  #open: PanelShape[];

  /** @param remembered a record, or whatever there is instead: what of it makes no sense is forgotten */
  constructor(shapes: readonly PanelShape[], remembered: unknown) {
    const record = fieldsOf(remembered);
    const wishes = fieldsOf(record.wishes);
    for (const shape of shapes) {
      this.#shapes.set(shape.id, shape);
      this.#wishes.set(shape.id, readWishes(shape, fieldsOf(wishes[shape.id])));
    }
    const ids: unknown[] = Array.isArray(record.open) ? record.open : [];
    this.#open = [...new Set(ids)].flatMap((id) => this.#shapes.get(id as string) ?? []);
  }

  /** Those that are open, in the order in which they were opened. */
  get open(): readonly OpenPanel[] {
    return this.#open.map((shape) => this.of(shape.id));
  }

  of(id: string): OpenPanel {
    const shape = this.#shapes.get(id);
    if (shape === undefined) throw new Error(`There is no panel "${id}".`);
    const { width, height, places } = shape;
    const wishes = this.#wishes.get(id);
    const moved = wishes?.place !== undefined;
    return { shape, place: places[0], moved, width, height, ...wishes };
  }

  /** Opens a panel, or makes it the one that was opened last. */
  show(id: string): void {
    this.hide(id);
    this.#open = [...this.#open, this.of(id).shape];
  }

  hide(id: string): void {
    this.#open = this.#open.filter((shape) => shape.id !== id);
  }

  /** @param change undefined for what is to be again as it was in the beginning */
  wish(id: string, change: { [Name in keyof Wishes]: Wishes[Name] | undefined }): void {
    const wishes = { ...this.#wishes.get(id), ...change };
    this.#wishes.set(id, readWishes(this.of(id).shape, wishes));
  }

  toJSON(): PanelsRecord {
    return { open: this.#open.map(({ id }) => id), wishes: Object.fromEntries(this.#wishes) };
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function readWishes({ places }: PanelShape, fields: Record<string, unknown>): Wishes {
  const place = places.find((known) => known === fields.place);
  const width = measure(fields.width);
  const height = measure(fields.height);
  return { ...(place && { place }), ...(width && { width }), ...(height && { height }) };
}

/** An arrangement keeps it within bounds; it only has to be a number. */
function measure(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
