import type {
  ChainDescriptor,
  ChainSnapshot,
  Inspector,
  RequestDescription,
  RequestField,
} from '../../../machine/index.ts';
import { create, setText } from '../../elements.ts';
import { explain, termOf } from '../explanation.ts';
import { counted, formatAddress, formatFlags } from '../format.ts';
import { GLOSSARY } from '../glossary.ts';
import { buffersOf, locate, mainBuffer } from './chain-layout.ts';
import { HexView } from './hex-view.ts';

/** Buffers of a chain that are drawn; a chain has up to 1024. */
const BUFFERS_SHOWN = 48;

/** Characters that no text has: neither for the eye nor for a terminal. */
const STRANGE = /[^\P{C}\s]|\ufffd/gu;

/** What is shown of a chain. */
export interface ShownChain {
  /** How far it has come, in words. */
  state: string;
  chain: ChainSnapshot;
  request: RequestDescription | null;
}

/** One chain: its request, its buffers in order, and the bytes of one of them. */
export class ChainView {
  readonly element: HTMLElement;
  readonly #title = create('h3', 'chain-title');
  readonly #state = create('span', 'chain-state');
  readonly #fault = create('p', 'chain-fault');
  readonly #buffers = create('ol', 'chain-buffers');
  readonly #fields = create('ul', 'chain-fields');
  readonly #text = create('pre', 'chain-text');
  readonly #bufferTitle = create('h4', 'buffer-title');
  readonly #hex = new HexView();
  #shown: ShownChain | null = null;
  #drawn = '';
  /** The buffer that is open, by its position; null for the one that is most worth it. */
  #open: number | null = null;
  #field: RequestField | null = null;

  /** @param follow what leaves the choice of the chain to the inspector again */
  constructor(follow: HTMLElement) {
    const head = create('div', 'chain-head', this.#title, this.#state, follow);
    explain(this.#title, 'chain');
    this.#buffers.ariaLabel = 'Buffers of the chain';
    this.#fields.ariaLabel = 'Fields of the request';
    this.#text.ariaLabel = 'As text';
    this.element = create(
      'section',
      'chain',
      head,
      this.#fault,
      this.#buffers,
      this.#fields,
      this.#text,
      this.#bufferTitle,
      this.#hex.element,
    );
    this.element.ariaLabel = 'Chain';
  }

  /** @param shown null for none */
  show(inspector: Pick<Inspector, 'bytes'>, shown: ShownChain | null): void {
    this.element.hidden = shown === null;
    if (shown === null) return;
    if (shown.chain.head !== this.#shown?.chain.head) this.#open = null;
    this.#shown = shown;
    this.#draw(shown);
    this.#showBytes(inspector, shown.chain);
  }

  get #position(): number {
    const chain = this.#shown?.chain;
    if (chain === undefined) return -1;
    const isThere = this.#open !== null && this.#open < chain.descriptors.length;
    return isThere ? (this.#open ?? -1) : mainBuffer(chain);
  }

  /** Makes what is the same as before not anew. */
  #draw({ state, chain, request }: ShownChain): void {
    setText(this.#state, state);
    const drawn = JSON.stringify([chain, request, this.#position]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    setText(this.#title, request?.title ?? `Chain ${chain.head}`);
    setText(this.#fault, chain.fault === null ? '' : `The device refuses it: ${chain.fault}.`);
    this.#fault.hidden = chain.fault === null;
    this.#drawBuffers(chain, request);
    this.#drawFields(request);
    const text = request?.text ?? '';
    setText(this.#text, text);
    this.#text.hidden = !isText(text);
  }

  #drawBuffers(chain: ChainSnapshot, request: RequestDescription | null): void {
    const roles = rolesOf(chain, request);
    const shown = chain.descriptors.slice(0, BUFFERS_SHOWN);
    const items = shown.map((descriptor, position) => {
      return create('li', 'buffer-place', this.#createBuffer(descriptor, position, roles));
    });
    const more = chain.descriptors.length - shown.length;
    if (more > 0) items.push(create('li', 'buffer-more', `and ${more} more`));
    replaceKeepingFocus(this.#buffers, items);
  }

  #createBuffer(
    descriptor: ChainDescriptor,
    position: number,
    roles: ReadonlyMap<number, string>,
  ): HTMLElement {
    const { index, address, length, flags, refersToTable, writable, indirect } = descriptor;
    const kind = refersToTable ? 'table' : writable ? 'writable' : 'readable';
    const role = refersToTable ? 'table of descriptors' : (roles.get(position) ?? kind);
    const button = create(
      'button',
      'buffer',
      create('span', 'buffer-index', `${indirect ? '↳' : ''}${index}`),
      create('span', 'buffer-role', role),
      create('span', 'buffer-size', counted(length, 'byte')),
    );
    button.type = 'button';
    button.dataset.kind = kind;
    button.ariaPressed = `${position === this.#position}`;
    button.addEventListener('click', () => {
      this.#open = position;
    });
    explain(button, () => ({
      term: GLOSSARY[refersToTable ? 'indirect' : kind === 'writable' ? 'writable' : 'readable'],
      now: `descriptor ${index}${indirect ? ' of the indirect table' : ''}: addr ${formatAddress(address)}, len ${length}, flags ${formatFlags(flags)}`,
    }));
    return button;
  }

  #drawFields(request: RequestDescription | null): void {
    const items = (request?.fields ?? []).map((field) => {
      const button = create(
        'button',
        'field-reading',
        create('span', 'field-name', field.name),
        ' ',
        create('span', 'field-value', field.value),
      );
      button.type = 'button';
      explain(button, () => ({ term: termOf(field), now: field.value }));
      for (const event of ['pointerenter', 'focus', 'click']) {
        button.addEventListener(event, () => this.#markField(field));
      }
      for (const event of ['pointerleave', 'blur']) {
        button.addEventListener(event, () => this.#markField(null));
      }
      return create('li', '', button);
    });
    this.#fields.hidden = items.length === 0;
    replaceKeepingFocus(this.#fields, items);
  }

  /** The buffer that a field lies in opens with its bytes marked. */
  #markField(field: RequestField | null): void {
    this.#field = field;
    const chain = this.#shown?.chain;
    if (field === null || chain === undefined) return;
    const [first] = locate(chain, field.part, field.offset, field.length);
    if (first !== undefined) this.#open = first.position;
  }

  #showBytes(inspector: Pick<Inspector, 'bytes'>, chain: ChainSnapshot): void {
    const position = this.#position;
    const buffer = chain.descriptors[position];
    const nothing = buffer === undefined || buffer.length === 0;
    this.#bufferTitle.hidden = nothing;
    this.#hex.element.hidden = nothing;
    if (nothing) return;
    const what = buffer.refersToTable ? 'Indirect table' : 'Buffer';
    const title = `${what} of descriptor ${buffer.index}, ${formatAddress(buffer.address)}`;
    setText(this.#bufferTitle, title);
    const field = this.#field;
    const pieces = field === null ? [] : locate(chain, field.part, field.offset, field.length);
    const marked = pieces.filter((piece) => piece.position === position);
    this.#hex.show(inspector, buffer.address, Math.min(buffer.length, 65536), marked);
  }
}

/** What each buffer holds, by the fields of the request that lie in it. */
function rolesOf(
  chain: ChainSnapshot,
  request: RequestDescription | null,
): ReadonlyMap<number, string> {
  const names = new Map<number, string[]>();
  for (const { name, part, offset, length } of request?.fields ?? []) {
    for (const { position } of locate(chain, part, offset, length)) {
      names.set(position, [...(names.get(position) ?? []), name]);
    }
  }
  const roles = new Map<number, string>();
  for (const part of ['readable', 'writable'] as const) {
    for (const [position] of buffersOf(chain, part)) {
      const [first, ...others] = names.get(position) ?? [];
      if (first === undefined) continue;
      roles.set(
        position,
        others.length > 2 ? `${first} … ${others.at(-1)}` : [first, ...others].join(', '),
      );
    }
  }
  return roles;
}

/** Whether people can read it: buffers hold whatever was there before. */
function isText(text: string): boolean {
  const strange = text.match(STRANGE)?.length ?? 0;
  return text.length > 0 && strange * 8 < text.length;
}

/** Puts new items into a list; the one whose button had the focus gives it to the one in its place. */
function replaceKeepingFocus(list: HTMLElement, items: readonly HTMLElement[]): void {
  const at = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...items);
  if (at !== -1) items[Math.min(at, items.length - 1)]?.querySelector('button')?.focus();
}
