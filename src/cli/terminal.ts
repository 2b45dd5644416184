import { Transform } from 'node:stream';
import type { ReadStream } from 'node:tty';

/** Ctrl-], as in telnet. */
const LEAVE_KEY = 0x1d;
/** What is shown for it; the guest has left the cursor anywhere. */
const LEFT_TEXT = '^]\r\n';

/**
 * A terminal whose every key goes to the guest, except for one that ends the machine. It gets its
 * usual mode back by `restore`, and on whatever way this process ends otherwise.
 */
export class RawTerminal {
  /** The keys for the guest. */
  readonly keys: Transform;
  /** Resolves when the key to leave was pressed. */
  readonly left: Promise<void>;
  readonly #input: ReadStream;

  constructor(input: ReadStream) {
    this.#input = input;
    let leave: () => void;
    this.left = new Promise((resolve) => {
      leave = resolve;
    });
    this.keys = new Transform({
      transform(bytes: Buffer, _, done) {
        const end = bytes.indexOf(LEAVE_KEY);
        if (end >= 0) {
          process.stderr.write(LEFT_TEXT);
          leave();
        }
        done(null, end >= 0 ? bytes.subarray(0, end) : bytes);
      },
    });
    process.once('exit', this.restore);
    input.setRawMode(true);
    input.pipe(this.keys);
  }

  readonly restore = (): void => {
    process.off('exit', this.restore);
    this.#input.unpipe(this.keys);
    // A terminal that has gone away has no mode to restore.
    if (!this.#input.destroyed) this.#input.setRawMode(false);
  };
}
