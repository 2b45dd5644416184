const NEWLINE = 0x0a;
/** Lines that are longer are no kernel's. */
const LONGEST_LINE = 512;
const MESSAGE = /^(?:\[ *\d+\.\d+\] ?)?Kernel panic - not syncing: (.*?)\r?$/;
const END = /^(?:\[ *\d+\.\d+\] ?)?---\[ end Kernel panic - not syncing/;

/**
 * Reads a console's output over its shoulder for the words of a kernel panic: the message, and
 * the last line, after which the kernel does nothing more. It is the only sign of a panic in
 * kernels without a pvpanic driver.
 */
export class PanicWatch {
  /** The panic's message, once it was seen. */
  message: string | null = null;
  /** The kernel has said its last words. */
  ended = false;
  readonly #line = new Uint8Array(LONGEST_LINE);
  readonly #decoder = new TextDecoder('latin1');
  #length = 0;

  /** The machine starts anew. */
  forget(): void {
    this.message = null;
    this.ended = false;
    this.#length = 0;
  }

  /** Takes the next piece of the output. @returns true when the last words are in it */
  look(bytes: Uint8Array): boolean {
    const before = this.ended;
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start);
      this.#append(bytes, start, end === -1 ? bytes.length : end);
      if (end === -1) return this.ended && !before;
      this.#endLine();
      start = end + 1;
    }
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, LONGEST_LINE - this.#length);
    if (length <= 0) return;
    this.#line.set(bytes.subarray(start, start + length), this.#length);
    this.#length += length;
  }

  #endLine(): void {
    const first = this.#line[0];
    // Only "[ 1.2] Kernel ...", "Kernel ..." and "---[ end ..." are worth decoding.
    if (this.#length > 0 && (first === 0x5b || first === 0x4b || first === 0x2d)) {
      const line = this.#decoder.decode(this.#line.subarray(0, this.#length));
      this.message ??= MESSAGE.exec(line)?.[1] ?? null;
      if (END.test(line)) this.ended = true;
    }
    this.#length = 0;
  }
}
