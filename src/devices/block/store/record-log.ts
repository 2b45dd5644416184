import { randomWord, type Superblock } from './format.ts';
import type { PageMap } from './page-map.ts';
import { RecordWriter } from './record-writer.ts';
import type { StoreFile } from './store-file.ts';

/**
 * The log behind the map: one or more pages for each flush, which share an epoch. That the pages
 * of an epoch are there means that all epochs before it are durable, data included.
 */
export class RecordLog {
  /** Pages of the file that the log has filled. */
  #pages: number[] = [];
  readonly #file: StoreFile;
  readonly #take: () => number;
  #generation = 0;
  #epoch = 1;
  #position = 0;
  /** The page that the next epoch begins with; the chain already leads there. */
  #next = 0;
  /** Pages that were taken for an epoch that is not committed. */
  #taken: number[] = [];
  #positionAfter = 0;

  /** @param take gives a page of the file */
  constructor(file: StoreFile, take: () => number) {
    this.#file = file;
    this.#take = take;
  }

  /** Pages of the file that the log has filled. */
  get length(): number {
    return this.#pages.length;
  }

  /** All pages of the file that the log has, the one that it goes on with among them. */
  get pages(): number[] {
    return this.#next === 0 ? this.#pages : [...this.#pages, this.#next];
  }

  /** An empty log, as a new superblock names it. */
  begin({ logGeneration, logPage }: Superblock): void {
    this.#generation = logGeneration;
    this.#next = logPage;
    this.#pages = [];
    this.#epoch = 1;
    this.#position = 0;
  }

  /**
   * Writes an epoch: where the blocks of `changed` are now, and the checksums of their data. Then
   * comes `commit` or `takeBack`.
   */
  write(changed: ReadonlyMap<number, number>, map: PageMap): void {
    const start = {
      kind: 'log' as const,
      generation: this.#generation,
      epoch: this.#epoch,
      attempt: randomWord(),
      position: this.#position,
      page: this.#next,
    };
    const writer = new RecordWriter(this.#file, start, () => this.#takePage());
    const blocks = Float64Array.from(changed.keys()).sort();
    for (const block of blocks) writer.add(block, map.get(block), changed.get(block) ?? 0);
    writer.finish(this.#takePage());
    this.#positionAfter = writer.position + 1;
  }

  /** The epoch is durable. */
  commit(): void {
    this.#pages.push(this.#next, ...this.#taken.slice(0, -1));
    this.#next = this.#taken[this.#taken.length - 1];
    this.#taken = [];
    this.#position = this.#positionAfter;
    this.#epoch++;
  }

  /** The epoch failed, and will be written again at the same place. */
  takeBack(release: (page: number) => void): void {
    for (const page of this.#taken) release(page);
    this.#taken = [];
  }

  #takePage(): number {
    const page = this.#take();
    this.#taken.push(page);
    return page;
  }
}
