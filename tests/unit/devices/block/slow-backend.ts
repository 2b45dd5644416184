import type {
  BlockBackend,
  Pending,
  ReadTarget,
  WriteSource,
} from '../../../../src/devices/block/backend.ts';

/** One call of a backend that a test decides about. */
export interface Operation {
  name: 'read' | 'write' | 'flush' | 'discard' | 'writeZeroes';
  offset: number;
  length: number;
  target?: ReadTarget;
  source?: WriteSource;
  mayUnmap?: boolean;
  finish(): void;
  fail(error?: unknown): void;
}

/** A backend that finishes nothing until the test says so. */
export class SlowBackend implements BlockBackend {
  size: number;
  /** Every call, in order. */
  readonly operations: Operation[] = [];
  closed = false;

  constructor(size = 65536) {
    this.size = size;
  }

  read(offset: number, length: number, target: ReadTarget): Pending {
    return this.#begin({ name: 'read', offset, length, target });
  }

  write(offset: number, length: number, source: WriteSource): Pending {
    return this.#begin({ name: 'write', offset, length, source });
  }

  flush(): Pending {
    return this.#begin({ name: 'flush', offset: 0, length: 0 });
  }

  discard(offset: number, length: number): Pending {
    return this.#begin({ name: 'discard', offset, length });
  }

  writeZeroes(offset: number, length: number, mayUnmap: boolean): Pending {
    return this.#begin({ name: 'writeZeroes', offset, length, mayUnmap });
  }

  grow(size: number): void {
    this.size = size;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  save(): never {
    throw new Error('no test makes a snapshot of a slow disk');
  }

  async accepts(): Promise<void> {}

  restore(): void {}

  #begin(operation: Omit<Operation, 'finish' | 'fail'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.operations.push({ ...operation, finish: resolve, fail: reject });
    });
  }
}

/** Lets promises settle, and what follows from them. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
