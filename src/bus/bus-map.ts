/** A device's window in the I/O space or in the memory-mapped space. For the CPU thread. */
export interface BusWindow {
  /**
   * @param offset bytes from the start of the window
   * @param width 1, 2 or 4 bytes
   * @returns an unsigned value of that width
   */
  read(offset: number, width: number): number;
  write(offset: number, width: number, value: number): void;
}

interface Mapping {
  base: number;
  length: number;
  window: BusWindow;
}

/**
 * Windows by address. Accesses come on the CPU's hot path, so the space is cut into blocks and a
 * look-up is one array read for every address that is not ours.
 */
export class BusMap {
  readonly #blockShift: number;
  readonly #blocks: (Mapping[] | undefined)[] = [];

  /** @param blockShift blocks of 2^blockShift addresses */
  constructor(blockShift: number) {
    this.#blockShift = blockShift;
  }

  /** Puts `window` at [base, base + length), before windows that were mapped earlier. */
  map(base: number, length: number, window: BusWindow): void {
    this.#eachBlock(base, length, (block) => {
      const mappings = this.#blocks[block] ?? [];
      this.#blocks[block] = [{ base, length, window }, ...mappings];
    });
  }

  /** Takes `window` away from where `map` put it. */
  unmap(base: number, length: number, window: BusWindow): void {
    this.#eachBlock(base, length, (block) => {
      const left = this.#blocks[block]?.filter(
        (mapping) => mapping.window !== window || mapping.base !== base,
      );
      this.#blocks[block] = left === undefined || left.length === 0 ? undefined : left;
    });
  }

  /** True when nothing of ours can be at `address`: the common case, decided by one read. */
  isFree(address: number): boolean {
    return this.#blocks[address >>> this.#blockShift] === undefined;
  }

  /** The value at `address`, or undefined when no window is there. */
  read(address: number, width: number): number | undefined {
    const mapping = this.#find(address);
    return mapping?.window.read(address - mapping.base, width);
  }

  /** @returns false when no window is there */
  write(address: number, width: number, value: number): boolean {
    const mapping = this.#find(address);
    if (mapping === undefined) return false;
    mapping.window.write(address - mapping.base, width, value >>> 0);
    return true;
  }

  #find(address: number): Mapping | undefined {
    for (const mapping of this.#blocks[address >>> this.#blockShift] ?? []) {
      if (address >= mapping.base && address < mapping.base + mapping.length) return mapping;
    }
    return undefined;
  }

  #eachBlock(base: number, length: number, visit: (block: number) => void): void {
    const last = (base + length - 1) >>> this.#blockShift;
    for (let block = base >>> this.#blockShift; block <= last; block++) visit(block);
  }
}
