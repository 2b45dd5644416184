import { CPU_THREAD, TRACE_KINDS, type TraceSubjects } from '../../../machine/index.ts';
import type { Subject } from './filter.ts';
import { KIND_STYLES, ROW_NAMES, type Row } from './kinds.ts';

/** Pixels of a row, of the name of a thread above its rows, and between two threads. */
const ROW_HEIGHT = 16;
const NAME_HEIGHT = 15;
const GAP = 5;

/** Numbers that a thread can have. */
export const THREADS = 256;

const CPU_ROWS: readonly Row[] = ['doorbell', 'sync', 'interrupt', 'isr', 'other'];
const WORKER_ROWS: readonly Row[] = ['chains', 'used'];

export interface LaneRow {
  row: Row;
  name: string;
  /** Its middle, in pixels from the top. */
  y: number;
}

/** A thread in the drawing. */
export interface Lane {
  thread: number;
  name: string;
  top: number;
  height: number;
  rows: LaneRow[];
}

/** Threads below each other: the CPU, and the workers of the devices that are looked at. */
export class Lanes {
  readonly lanes: Lane[] = [];
  readonly height: number;
  /** By thread and kind; NaN for what is not shown. */
  readonly #middles = new Float32Array(THREADS * TRACE_KINDS.length).fill(Number.NaN);

  constructor({ threads }: TraceSubjects, { device }: Subject, top: number) {
    let y = top;
    for (const { thread, name } of threads) {
      const isShown = thread === CPU_THREAD || device === undefined || thread === device + 1;
      if (!isShown) continue;
      const kinds = thread === CPU_THREAD ? CPU_ROWS : WORKER_ROWS;
      const rows = kinds.map((row, index) => {
        const middle = y + NAME_HEIGHT + (index + 0.5) * ROW_HEIGHT;
        return { row, name: ROW_NAMES[row], y: middle };
      });
      const height = NAME_HEIGHT + rows.length * ROW_HEIGHT;
      this.lanes.push({ thread, name, top: y, height, rows });
      for (const [code, kind] of TRACE_KINDS.entries()) {
        const row = rows.find(({ row }) => row === KIND_STYLES[kind].row);
        if (row !== undefined) this.#middles[thread * TRACE_KINDS.length + code] = row.y;
      }
      y += height + GAP;
    }
    this.height = y;
  }

  /** The middle of the row that an event has; NaN where it is not shown. @param code position in TRACE_KINDS */
  y(thread: number, code: number): number {
    return this.#middles[thread * TRACE_KINDS.length + code];
  }

  /** The row at a height. */
  find(y: number): { thread: number; row: Row } | null {
    for (const { thread, rows } of this.lanes) {
      for (const { row, y: middle } of rows) {
        if (Math.abs(y - middle) <= ROW_HEIGHT / 2) return { thread, row };
      }
    }
    return null;
  }
}
