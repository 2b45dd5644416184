import { beforeEach, expect, test } from 'vitest';
import { ByteRing } from '../../../src/link/byte-ring.ts';
import { ConsolePort, type PortDevice } from '../../../src/machine/console-port.ts';

let output: ByteRing;
let input: ByteRing;
/** What the device answers next, when it is asked whether it holds output. */
let answers: (() => Promise<boolean> | boolean)[];
let device: PortDevice;
let port: ConsolePort;

beforeEach(() => {
  output = ByteRing.create(8);
  input = ByteRing.create(8);
  answers = [];
  device = {
    signal: () => {},
    hangUp: async () => {},
    holdsOutput: async () => (await answers.shift()?.()) ?? false,
    resize: () => Promise.reject(new Error('the worker is dead')),
  };
  port = new ConsolePort('console', 0, { output, input }, device, () => {});
});

test('is drained when the device holds nothing and the ring was read', async () => {
  output.write(Uint8Array.of(1, 2, 3));
  let drained = false;
  const done = port.drained().then(() => {
    drained = true;
  });
  await Promise.resolve();
  expect(drained).toBe(false);
  const { value } = await port.output.getReader().read();
  expect([...value!]).toEqual([1, 2, 3]);
  await done;
  expect(port.outputBytes).toBe(3);
});

test('asks again after a piece was read, for what the device held', async () => {
  output.write(new Uint8Array(8));
  answers = [() => true, () => false];
  const reader = port.output.getReader();
  const drained = port.drained();
  await reader.read();
  await drained;
  expect(answers).toEqual([]);
});

test('does not wait for a piece that was read before the device had answered', async () => {
  output.write(new Uint8Array(8));
  const reader = port.output.getReader();
  answers = [
    async () => {
      await reader.read();
      return true; // The answer is of the time before.
    },
    () => false,
  ];
  await port.drained();
  expect(answers).toEqual([]);
});

test('writes wait for room and stay in order', async () => {
  const first = port.write('0123456789');
  const second = port.write('AB');
  const read: number[] = [];
  while (read.length < 12) {
    await input.untilReadable();
    read.push(...input.read());
  }
  await Promise.all([first, second]);
  expect(Buffer.from(read).toString()).toBe('0123456789AB');
});

test('a size that a dead console cannot take is nobody else’s trouble', async () => {
  port.resize(80, 24);
  await Promise.resolve();
});

test('ends its output when the machine is disposed', async () => {
  output.write(Uint8Array.of(7));
  port.dispose();
  const reader = port.output.getReader();
  expect([...(await reader.read()).value!]).toEqual([7]);
  expect((await reader.read()).done).toBe(true);
});
