/**
 * A worker that changes the memory of one device at full speed: descriptors, indirect tables,
 * available rings, their indices and flags, and the content of buffers. It keeps to `Zones`.
 */
import { DESCRIPTOR_SIZE } from '../../src/ring/layout.ts';
import type { QueueLayout } from '../../src/ring/virtqueue.ts';
import { edgeOf, LONGEST_BUFFER, LONGEST_TABLE, type Zone, type Zones } from './mutated-zones.ts';
import { Noise } from './noise.ts';

export interface MutatorOptions {
  ram: SharedArrayBuffer;
  ramOffset: number;
  ramSize: number;
  zones: Zones;
  /** What the content of its requests is like. */
  kind: string;
  seed: number;
  /** One word: not 0 when the worker is to stop. */
  stop: SharedArrayBuffer;
}

/** Changes anywhere between two looks at the word, then changes of one place alone. */
const BURST = 2048;
const HAMMER = 8192;
const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
/** A value is wild once in so many times. */
const WILD = 128;

/** What a descriptor may be, by where it lies. */
interface Place {
  indirect: boolean;
  write: boolean;
  entries: number;
  zone: Zone;
}

class Mutator {
  readonly #zones: Zones;
  readonly #kind: string;
  readonly #ramSize: number;
  readonly #words: Uint32Array;
  readonly #halves: Uint16Array;
  readonly #noise: Noise;

  constructor({ ram, ramOffset, ramSize, zones, kind, seed }: MutatorOptions) {
    this.#zones = zones;
    this.#kind = kind;
    this.#ramSize = ramSize;
    this.#words = new Uint32Array(ram, ramOffset, ramSize / 4);
    this.#halves = new Uint16Array(ram, ramOffset, ramSize / 2);
    this.#noise = new Noise(seed);
  }

  /** Every place gets a first value, so that a device sees none that keeps to no zone. */
  fill(): void {
    for (const { descriptorTable, queueSize } of this.#zones.queues) {
      for (let index = 0; index < queueSize; index++) this.#row(descriptorTable, index, queueSize);
    }
    const { tables, readable } = this.#zones;
    for (let table = tables.start; table < tables.end; table += DESCRIPTOR_SIZE * LONGEST_TABLE) {
      for (let index = 0; index < LONGEST_TABLE; index++) this.#row(table, index, LONGEST_TABLE);
    }
    for (let address = readable.start; address < readable.end; address += DESCRIPTOR_SIZE) {
      this.#content(address);
    }
  }

  /** One change. */
  mutate(): void {
    const { queues, tables, readable } = this.#zones;
    const queue = queues[this.#below(queues.length)];
    const what = this.#below(16);
    if (what < 5) {
      this.#row(queue.descriptorTable, this.#below(queue.queueSize), queue.queueSize);
    } else if (what < 7) {
      this.#row(this.#tableIn(tables), this.#below(LONGEST_TABLE), LONGEST_TABLE);
    } else if (what < 9) {
      this.#head(queue);
    } else if (what < 11) {
      this.#available(queue);
    } else {
      // Not the constant half.
      this.#content(this.#in(readable.start, (readable.end - readable.start) / 2, DESCRIPTOR_SIZE));
    }
  }

  /**
   * Two values in turn in one word of a descriptor, many times: whoever reads the word twice in a
   * row gets both, sooner or later. The descriptor is mostly the one that the device reads next.
   * The second length fits nowhere.
   */
  hammer(): void {
    const { queues, tables } = this.#zones;
    const queue = queues[this.#below(queues.length)];
    const nested = this.#below(8) === 0;
    const entries = nested ? LONGEST_TABLE : queue.queueSize;
    const table = nested ? this.#tableIn(tables) : queue.descriptorTable;
    const index = nested ? this.#below(LONGEST_TABLE) : this.#nextHead(queue);
    const place = this.#placeOf(table, index, entries);
    const word = [0, 2, 2, 3][this.#below(4)];
    const at = (table + DESCRIPTOR_SIZE * index) / 4 + word;
    const first = this.#value(word, place);
    const second = word === 2 ? this.#ramSize + 1 : this.#value(word, place);
    for (let time = 0; time < HAMMER; time++) {
      Atomics.store(this.#words, at, second);
      // Mostly the first: else most chains would be refused at the first look.
      for (let again = 0; again < 3; again++) Atomics.store(this.#words, at, first);
    }
  }

  /** The head that the device takes next when it has given back what it took, and is sound. */
  #nextHead({ availableRing, usedRing, queueSize }: QueueLayout): number {
    const slot = this.#halves[usedRing / 2 + 1] % queueSize;
    return this.#halves[availableRing / 2 + 2 + slot] % queueSize;
  }

  /**
   * One descriptor. Its place says what it is: the last quarter of a queue's table leads to
   * indirect tables, the rest are for reading and for writing in turn.
   */
  #row(table: number, index: number, entries: number): void {
    const place = this.#placeOf(table, index, entries);
    const at = (table + DESCRIPTOR_SIZE * index) / 4;
    // In an order that changes, so that every half of a new descriptor meets every half of an old.
    const first = this.#below(4);
    for (let turn = 0; turn < 4; turn++) {
      const word = (first + turn) % 4;
      this.#words[at + word] = this.#value(word, place);
    }
  }

  #placeOf(table: number, index: number, entries: number): Place {
    const { queues, tables, readable, writable } = this.#zones;
    const direct = queues.some(({ descriptorTable }) => descriptorTable === table);
    const indirect = direct && 4 * index >= 3 * entries;
    const write = index % 2 === 1;
    return { indirect, write, entries, zone: indirect ? tables : write ? writable : readable };
  }

  /** A value for word `word` (0 to 3) of a descriptor. */
  #value(word: number, { indirect, write, entries, zone }: Place): number {
    if (word === 0) return this.#address(zone, indirect);
    if (word === 1) return this.#wild() ? this.#noise.next() : 0;
    if (word === 2) return this.#length(indirect);
    return this.#flagsAndNext(indirect, write, entries);
  }

  #address(zone: Zone, indirect: boolean): number {
    if (this.#wild()) return this.#ramSize + this.#below(2 ** 32 - this.#ramSize);
    if (indirect) return this.#tableIn(zone);
    if (this.#below(32) === 0) return this.#edge();
    // Requests begin with what fits 16 bytes, but need not.
    const alignment = this.#below(8) === 0 ? 1 : DESCRIPTOR_SIZE;
    return this.#in(zone.start, zone.end - zone.start - LONGEST_BUFFER, alignment);
  }

  /** Where a buffer of 16 bytes reaches over the end of RAM, or one of 4096 does. */
  #edge(): number {
    const { start, end } = edgeOf(this.#ramSize);
    return end - 1 - this.#below(this.#below(2) === 0 ? DESCRIPTOR_SIZE : end - start);
  }

  #length(indirect: boolean): number {
    // So long that it fits at no address.
    if (this.#wild()) return this.#ramSize + 1 + this.#below(2 ** 32 - this.#ramSize - 1);
    if (indirect) {
      return DESCRIPTOR_SIZE * this.#below(LONGEST_TABLE) + (this.#wild() ? this.#below(16) : 0);
    }
    const what = this.#below(8);
    if (what < 3) return DESCRIPTOR_SIZE;
    if (what < 5) return 512 * this.#below(8) + this.#below(2);
    return this.#below(what === 5 ? LONGEST_BUFFER : 64);
  }

  #flagsAndNext(indirect: boolean, write: boolean, entries: number): number {
    const wild = this.#wild() ? this.#noise.next() & 0xfff8 : 0;
    // From a buffer for reading mostly to one for writing, and from there mostly nowhere.
    const link = this.#below(indirect ? 64 : 4) < (indirect || write ? 1 : 3) ? NEXT : 0;
    const kind = indirect ? INDIRECT | (this.#below(2) * WRITE) : write ? WRITE : 0;
    const step = this.#below(8) === 0 ? this.#below(entries) : 2 * this.#below(entries / 2) + 1;
    const next = this.#wild() ? this.#noise.next() & 0xffff : step;
    return wild | link | kind | (next << 16);
  }

  #head({ availableRing, queueSize }: QueueLayout): void {
    const head = this.#wild() ? this.#noise.next() : this.#below(queueSize);
    this.#halves[availableRing / 2 + 2 + this.#below(queueSize)] = head;
  }

  /** Index, flags or `used_event`. The index is mostly one that could be honest. */
  #available({ availableRing, usedRing, queueSize }: QueueLayout): void {
    const what = this.#below(8);
    if (what === 0) this.#halves[availableRing / 2] = this.#below(2);
    else if (what === 1) this.#halves[availableRing / 2 + 2 + queueSize] = this.#noise.next();
    else {
      const used = this.#halves[usedRing / 2 + 1];
      const ahead = this.#wild() ? this.#noise.next() : this.#below(queueSize);
      this.#halves[availableRing / 2 + 1] = used + ahead;
    }
  }

  /** 16 bytes that a device reads: a header, a control message, or part of one. */
  #content(address: number): void {
    const at = address / 4;
    const words = this.#words;
    if (this.#wild()) {
      words[at + this.#below(4)] = this.#noise.next();
    } else if (this.#kind === 'console') {
      // The port, then event and value (VIRTIO 1.4, 5.3.6.2).
      words[at] = this.#below(3);
      words[at + 1] = this.#below(8) | (this.#below(2) << 16);
    } else {
      // A header of a block request, or a segment of one that discards.
      words[at] = [0, 0, 1, 1, 4, 8, 11, 13][this.#below(8)];
      words[at + 1] = 0;
      words[at + 2] = this.#below(64);
      words[at + 3] = 0;
    }
  }

  #tableIn({ start, end }: Zone): number {
    return this.#in(start, end - start, DESCRIPTOR_SIZE * LONGEST_TABLE);
  }

  #in(start: number, length: number, alignment: number): number {
    return start + alignment * this.#below(length / alignment);
  }

  #wild(): boolean {
    return this.#below(WILD) === 0;
  }

  #below(limit: number): number {
    return Math.floor((this.#noise.next() / 2 ** 32) * limit);
  }
}

self.onmessage = ({ data }: MessageEvent<MutatorOptions>) => {
  const mutator = new Mutator(data);
  const stop = new Int32Array(data.stop);
  mutator.fill();
  self.postMessage(0);
  let mutations = 0;
  while (Atomics.load(stop, 0) === 0) {
    for (let burst = 0; burst < BURST; burst++) mutator.mutate();
    mutator.hammer();
    mutations += BURST + 4 * HAMMER;
  }
  self.postMessage(mutations);
};
