import type { Terminal } from '@xterm/xterm';
import { describe, expect, it } from 'vitest';
import { pumpOutput } from '../../../src/page/terminal-pump.ts';

/** A terminal that draws only when told to. */
class SlowTerminal {
  readonly written: number[] = [];
  readonly sizes: number[] = [];
  readonly #waiting: (() => void)[] = [];

  write(bytes: Uint8Array, onDrawn: () => void): void {
    this.sizes.push(bytes.length);
    this.written.push(...bytes);
    this.#waiting.push(onDrawn);
  }

  async drawAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const onDrawn of this.#waiting.splice(0)) onDrawn();
      await settle();
    }
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 1));
const nextFrame = () => Promise.resolve();
const asTerminal = (terminal: SlowTerminal) => terminal as unknown as Terminal;

function endlessOutput() {
  let given = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000).fill(given++ % 256));
      },
    },
    { highWaterMark: 0 },
  );
  return { reader: stream.getReader(), given: () => given };
}

describe('pumpOutput', () => {
  it('writes every byte in order, in small pieces', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251);
    const terminal = new SlowTerminal();
    const { signal } = new AbortController();
    const reader = new Blob([bytes]).stream().getReader();
    const done = pumpOutput(reader, asTerminal(terminal), signal, nextFrame);
    const drawing = setInterval(() => terminal.drawAll(), 1);
    await done;
    clearInterval(drawing);
    expect(Buffer.compare(Uint8Array.from(terminal.written), bytes)).toBe(0);
    expect(Math.max(...terminal.sizes)).toBeLessThanOrEqual(16 * 1024);
  });

  it('stops reading while the terminal does not draw', async () => {
    const terminal = new SlowTerminal();
    const output = endlessOutput();
    const ended = new AbortController();
    void pumpOutput(output.reader, asTerminal(terminal), ended.signal, nextFrame);
    await settle();
    const givenAtFirst = output.given();
    expect(terminal.written.length).toBeLessThanOrEqual(64 * 1024);
    await settle();
    expect(output.given()).toBe(givenAtFirst);
    ended.abort();
  });

  it('writes nothing more once it is ended', async () => {
    const terminal = new SlowTerminal();
    const output = endlessOutput();
    const ended = new AbortController();
    const done = pumpOutput(output.reader, asTerminal(terminal), ended.signal, nextFrame);
    await settle();
    const writtenBefore = terminal.written.length;
    ended.abort();
    await output.reader.cancel();
    await terminal.drawAll();
    await done;
    expect(terminal.written.length).toBe(writtenBefore);
  });

  it('draws a flood in few frames only, and what is typed at once', async () => {
    const drawn = { write: (_: Uint8Array, onDrawn: () => void) => onDrawn() };
    const sizes = [10, 200, 4096, 5000, 10];
    let frames = 0;
    let read = 0;
    const reader = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(new Uint8Array(sizes[read]));
          if (++read === sizes.length) controller.close();
        },
      },
      { highWaterMark: 0 },
    ).getReader();
    const readAtFrame: number[] = [];
    const noteFrame = async () => {
      readAtFrame.push(read);
      frames++;
    };
    await pumpOutput(reader, drawn as unknown as Terminal, new AbortController().signal, noteFrame);
    expect([frames, readAtFrame]).toEqual([2, [3, 4]]);
  });
});
