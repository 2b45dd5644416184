import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DescriptorChain } from '../../src/ring/chain.ts';
import { ChainCursor } from '../../src/ring/cursor.ts';
import { CanaryMemory } from '../support/harness.ts';
import { Noise } from '../support/noise.ts';
import { modelChain } from './chain-model.ts';
import { placeRow, type Row } from './hostile-driver.ts';
import { type Property, Reused } from './property.ts';
import { Snapshot } from './snapshot.ts';

/** All of it descriptors, so that indirect tables too are made of them. */
const RAM = 4096;

interface ChainCase {
  /** Of the descriptors that fill RAM ... */
  seed: number;
  /** ... but for these. */
  rows: { index: number; row: Row }[];
  entries: number;
  head: number;
  /** Index of the descriptor that the table begins with. */
  table: number;
  indirect: boolean;
}

const interesting = fc.oneof(
  fc.nat(RAM + 32),
  fc.constantFrom(0, RAM, RAM - 16, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff),
  fc.nat(0xffffffff),
);
const row = fc.record({
  address: fc.oneof(
    { weight: 8, arbitrary: fc.nat(RAM - 64) },
    { weight: 2, arbitrary: interesting },
  ),
  addressHigh: fc.oneof(
    { weight: 10, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: interesting },
  ),
  length: fc.oneof(
    { weight: 6, arbitrary: fc.nat(64) },
    { weight: 4, arbitrary: fc.nat(20).map((entries) => 16 * entries) },
    { weight: 1, arbitrary: interesting },
  ),
  flags: fc.oneof({ weight: 8, arbitrary: fc.nat(7) }, { weight: 1, arbitrary: fc.nat(0xffff) }),
  next: fc.oneof({ weight: 12, arbitrary: fc.nat(15) }, { weight: 1, arbitrary: fc.nat(0xffff) }),
});

const seen = { sound: 0, refused: 0 };
const stage = new Reused(() => new ChainStage());

/** Any memory, taken for descriptors, means what a plain reading of the specification says. */
export const chains: Property<ChainCase> = {
  name: 'chains',
  claim: 'any descriptors are read as the specification has it, and only writable buffers written',
  cases: 20_000,
  arbitrary: fc.record({
    seed: fc.nat(0xffffffff),
    rows: fc.array(fc.record({ index: fc.nat(31), row }), { maxLength: 24 }),
    entries: fc.constantFrom(1, 4, 8, 16, 16, 16, 16),
    head: fc.oneof({ weight: 12, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(17) }),
    table: fc.nat(15),
    indirect: fc.boolean(),
  }),
  seen,
  check: (example) => stage.play((reused) => reused.play(example)),
};

class ChainStage {
  readonly #ram = new CanaryMemory(RAM);
  readonly #chain = new DescriptorChain(this.#ram.memory);
  readonly #cursor = new ChainCursor();
  readonly #snapshot = new Snapshot(this.#ram.bytes);
  readonly #target = new Uint8Array(RAM * 64);

  play({ seed, rows, entries, head, table, indirect }: ChainCase): boolean {
    this.#fill(seed);
    for (const { index, row } of rows) placeRow(this.#ram.memory, 0, index, RAM, row);
    this.#snapshot.take();
    const expected = modelChain(this.#ram.bytes, 16 * table, entries, head, indirect);
    const fault = this.#chain.load(16 * table, entries, head, indirect);
    this.#snapshot.check();
    assert.equal(fault !== null, expected === null, `${fault}`);
    if (expected === null) {
      seen.refused++;
      return true;
    }
    seen.sound++;
    const found = expected.map((_, index) => ({
      address: this.#chain.address(index),
      length: this.#chain.length(index),
      writable: index >= this.#chain.readableSegments,
    }));
    assert.equal(this.#chain.segments, expected.length);
    assert.deepEqual(found, expected);
    this.#walk();
    return true;
  }

  /** Reads and writes all of the chain. */
  #walk(): void {
    const chain = this.#chain;
    const { readableLength, writableLength } = chain;
    const read = this.#cursor.toReadable(chain).copyOut(this.#target, 0, readableLength);
    assert.equal(read, readableLength);
    const filled = this.#cursor.toWritable(chain).fill(0xa5, writableLength + 1);
    assert.equal(filled, writableLength);
    for (let segment = chain.readableSegments; segment < chain.segments; segment++) {
      this.#snapshot.permit({ address: chain.address(segment), length: chain.length(segment) });
    }
    this.#snapshot.check();
    this.#ram.checkCanaries();
  }

  /** Descriptors that mostly could be sound. */
  #fill(seed: number): void {
    const noise = new Noise(seed);
    const words = new Uint32Array(this.#ram.bytes.buffer, this.#ram.bytes.byteOffset, RAM / 4);
    for (let index = 0; index < words.length; index += 4) {
      const value = noise.next();
      words[index] = value & 0xfff;
      words[index + 1] = value >>> 27 === 0 ? 1 : 0;
      words[index + 2] = (value >>> 12) & 0x1f0;
      words[index + 3] = ((value >>> 21) & 7) | (((value >>> 24) & 15) << 16);
    }
  }
}
