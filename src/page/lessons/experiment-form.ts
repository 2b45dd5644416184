import type { ScratchRequest } from '../../machine/index.ts';
import { VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../ring/layout.ts';
import { create, createButton } from '../elements.ts';

const BUFFERS = ['header', 'data', 'status'];
/** Fields of 64 bits; beyond 2^53 a number is not exact. */
const ADDRESS_LIMIT = 2 ** 53;
const WORD_LIMIT = 2 ** 32;
const NEXT_LIMIT = 2 ** 16;

/** What is typed makes no request. */
class FieldProblem extends Error {}

export interface ExperimentEvents {
  send(request: ScratchRequest): void;
  problem(sentence: string): void;
  reset(): void;
}

/** A request of a disk as its driver lays it out: header and descriptor table, to be changed by hand. */
export class ExperimentForm {
  readonly element = create('form', 'experiment');
  readonly #descriptors: DescriptorFields[];
  readonly #sector = new NumberField('sector', 10, WORD_LIMIT);
  #type = 0;

  constructor(events: ExperimentEvents) {
    this.#descriptors = BUFFERS.map((buffer, index) => new DescriptorFields(index, buffer));
    const header = create(
      'fieldset',
      'experiment-part',
      create('legend', '', 'Header of the request'),
      create('div', 'experiment-fields', this.#sector.element),
    );
    const send = create('button', 'button button-small button-primary', 'Notify the device');
    send.type = 'submit';
    const reset = createButton('Honest again', 'button button-small', events.reset);
    const buttons = create('div', 'lesson-buttons', send, reset);
    this.element.noValidate = true;
    this.element.append(header, ...this.#descriptors.map(({ element }) => element), buttons);
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      try {
        events.send(this.#read());
      } catch (reason) {
        if (!(reason instanceof FieldProblem)) throw reason;
        events.problem(reason.message);
      }
    });
  }

  fill({ type, sector, descriptors }: ScratchRequest): void {
    this.#type = type;
    this.#sector.value = sector;
    for (const [index, fields] of this.#descriptors.entries()) fields.fill(descriptors[index]);
  }

  #read(): ScratchRequest {
    const descriptors = this.#descriptors.map((fields) => fields.read());
    return { type: this.#type, sector: this.#sector.value, descriptors };
  }
}

type Descriptor = ScratchRequest['descriptors'][number];

class DescriptorFields {
  readonly element: HTMLElement;
  readonly #address: NumberField;
  readonly #length: NumberField;
  readonly #next: NumberField;
  readonly #flags: readonly [flag: number, box: HTMLInputElement][];

  constructor(index: number, buffer: string) {
    const of = ` of descriptor ${index}`;
    this.#address = new NumberField('addr', 16, ADDRESS_LIMIT, of);
    this.#length = new NumberField('len', 10, WORD_LIMIT, of);
    this.#next = new NumberField('next', 10, NEXT_LIMIT, of);
    const flags = [
      ['NEXT', VIRTQ_DESC_F_NEXT],
      ['WRITE', VIRTQ_DESC_F_WRITE],
    ] as const;
    const boxes = flags.map(([name, flag]) => ({ name, flag, box: createBox(`${name}${of}`) }));
    this.#flags = boxes.map(({ flag, box }) => [flag, box]);
    this.element = create(
      'fieldset',
      'experiment-part',
      create('legend', '', `Descriptor ${index}: ${buffer}`),
      create(
        'div',
        'experiment-fields',
        this.#address.element,
        this.#length.element,
        ...boxes.map(({ name, box }) => create('label', 'check', box, name)),
        this.#next.element,
      ),
    );
  }

  fill({ address, length, flags, next }: Descriptor): void {
    this.#address.value = address;
    this.#length.value = length;
    this.#next.value = next;
    for (const [flag, box] of this.#flags) box.checked = (flags & flag) !== 0;
  }

  read(): Descriptor {
    return {
      address: this.#address.value,
      length: this.#length.value,
      flags: this.#flags.reduce((all, [flag, box]) => (box.checked ? all | flag : all), 0),
      next: this.#next.value,
    };
  }
}

/** A field for a whole number, in hex with `0x` or in digits. */
class NumberField {
  readonly element: HTMLElement;
  readonly #input = create('input', 'input experiment-number');
  readonly #name: string;
  readonly #base: 10 | 16;
  readonly #limit: number;

  /** @param of what its name is of, for who does not see where it stands */
  constructor(name: string, base: 10 | 16, limit: number, of = '') {
    this.#name = name + of;
    this.#base = base;
    this.#limit = limit;
    this.#input.autocomplete = 'off';
    this.#input.spellcheck = false;
    this.#input.ariaLabel = this.#name;
    this.#input.toggleAttribute('data-short', limit === NEXT_LIMIT);
    this.element = create('label', 'experiment-field', create('span', '', name), this.#input);
  }

  get value(): number {
    const text = this.#input.value.trim();
    const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
    if (number < this.#limit) return number;
    const example = this.#base === 16 ? 'in hex, such as 0x5000' : 'such as 512';
    throw new FieldProblem(`${this.#name} must be a whole number, ${example}.`);
  }

  set value(number: number) {
    this.#input.value = this.#base === 16 ? `0x${number.toString(16)}` : `${number}`;
  }
}

function createBox(label: string): HTMLInputElement {
  const box = create('input', 'check-box');
  box.type = 'checkbox';
  box.ariaLabel = label;
  return box;
}
