import type { BulkWriter } from './bulk-writer.ts';
import { NOT_HERE } from './page-map.ts';

/** Blocks, which come in rising order, to be made not here. */
export class SuperfluousBlocks {
  /** The first block of each run, and the one behind its last. */
  readonly #edges: number[] = [];

  add(block: number, count = 1): void {
    const edges = this.#edges;
    if (edges.at(-1) === block) edges[edges.length - 1] += count;
    else edges.push(block, block + count);
  }

  drop(writer: BulkWriter): void {
    for (let index = 0; index < this.#edges.length; index += 2) {
      const [first, end] = this.#edges.slice(index, index + 2);
      writer.clear(first, end - first, NOT_HERE);
    }
  }
}
