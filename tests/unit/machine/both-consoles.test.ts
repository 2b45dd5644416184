import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BothConsoles } from '../../../src/machine/both-consoles.ts';

type Bytes = Uint8Array<ArrayBuffer>;

class FakePort {
  controller!: ReadableStreamDefaultController<Bytes>;
  outputBytes = 0;
  readonly cancelled = vi.fn();
  readonly output = new ReadableStream<Bytes>({
    start: (controller) => {
      this.controller = controller;
    },
    cancel: this.cancelled,
  });
  readonly write = vi.fn(async () => {});
  readonly drained = vi.fn(async () => {});
  readonly resize = vi.fn();

  print(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.outputBytes += bytes.length;
    this.controller.enqueue(bytes);
  }
}

let console: FakePort;
let serial: FakePort;

beforeEach(() => {
  console = new FakePort();
  serial = new FakePort();
});

const textOf = (bytes: Bytes | undefined) => new TextDecoder().decode(bytes);

test('what either prints comes as it comes, until both have ended', async () => {
  const reader = new BothConsoles({ console, serial }, 'latest').output.getReader();
  const read = async () => textOf((await reader.read()).value);
  serial.print('menu');
  expect(await read()).toBe('menu');
  console.print('kernel');
  expect(await read()).toBe('kernel');
  serial.controller.close();
  console.print('shell');
  expect(await read()).toBe('shell');
  console.controller.close();
  expect((await reader.read()).done).toBe(true);
});

test('while nobody reads, hardly more is taken than one piece of each', async () => {
  const both = new BothConsoles({ console, serial }, 'latest');
  for (let piece = 0; piece < 100; piece++) serial.print(`${piece} `);
  serial.controller.close();
  console.controller.close();
  await new Promise((next) => setTimeout(next));
  expect(serial.controller.desiredSize).toBeLessThan(-90);
  let text = '';
  for await (const bytes of both.output) text += textOf(bytes);
  expect(text.split(' ')).toHaveLength(101);
  expect(both.outputBytes).toBe(text.length);
});

describe('input', () => {
  test('goes where output came from last', async () => {
    const both = new BothConsoles({ console, serial }, 'latest');
    const reader = both.output.getReader();
    await both.write('early');
    expect(serial.write.mock.calls).toEqual([['early']]);
    console.print('#');
    await reader.read();
    await both.write('late');
    expect(console.write.mock.calls).toEqual([['late']]);
    serial.print('again');
    await reader.read();
    await both.write('menu');
    expect(serial.write.mock.calls).toEqual([['early'], ['menu']]);
  });

  test('waits for hvc0 when it comes from no keyboard', async () => {
    const both = new BothConsoles({ console, serial }, 'console');
    serial.print('menu');
    await both.output.getReader().read();
    await both.write('script');
    expect(console.write.mock.calls).toEqual([['script']]);
    expect(serial.write).not.toHaveBeenCalled();
  });
});

test('only hvc0 has a size', () => {
  new BothConsoles({ console, serial }, 'latest').resize(80, 24);
  expect(console.resize.mock.calls).toEqual([[80, 24]]);
  expect(serial.resize).not.toHaveBeenCalled();
});

test('is drained when both are', async () => {
  const both = new BothConsoles({ console, serial }, 'latest');
  await both.drained();
  expect([console, serial].map((port) => port.drained.mock.calls.length)).toEqual([1, 1]);
});

test('who cancels the output lets both go', async () => {
  const both = new BothConsoles({ console, serial }, 'latest');
  await both.output.cancel();
  console.print('lost');
  serial.print('lost');
  await vi.waitFor(() => expect(console.cancelled).toHaveBeenCalledTimes(1));
  await vi.waitFor(() => expect(serial.cancelled).toHaveBeenCalledTimes(1));
});
