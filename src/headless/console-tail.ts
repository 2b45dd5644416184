import { plainText } from './plain-text.ts';

const KEPT_BYTES = 4096;

/** Remembers the end of what a console said, so that a message can quote its last line. */
export class ConsoleTail {
  #bytes = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    const old = this.#bytes.subarray(Math.max(0, this.#bytes.length + bytes.length - KEPT_BYTES));
    const recent = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES));
    const joined = new Uint8Array(old.length + recent.length);
    joined.set(old, 0);
    joined.set(recent, old.length);
    this.#bytes = joined;
  }

  /** The last line that is not empty, without control characters; '' if there is none. */
  get lastLine(): string {
    const lines = new TextDecoder()
      .decode(this.#bytes)
      .split('\n')
      .map((line) => plainText(line).trim());
    return lines.findLast((line) => line !== '') ?? '';
  }
}
