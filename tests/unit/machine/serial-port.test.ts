import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SerialPort } from '../../../src/machine/serial-port.ts';

const FULL = 1024 * 1024;

let sent: number[][];
let onRoom: ReturnType<typeof vi.fn<() => void>>;
let port: SerialPort;
let room: number;

beforeEach(() => {
  sent = [];
  room = 16;
  onRoom = vi.fn<() => void>();
  const uart = { room: () => room, send: (bytes: Uint8Array) => void sent.push([...bytes]) };
  port = new SerialPort(uart, onRoom);
});

/** The guest writes `bytes`. */
function receive(bytes: Iterable<number>): void {
  for (const byte of bytes) port.receive(byte);
}

test('gives what the guest wrote before anybody read', async () => {
  receive([1, 2, 3]);
  const reader = port.output.getReader();
  expect([...(await reader.read()).value!]).toEqual([1, 2, 3]);
});

test('gives what comes while somebody waits for it', async () => {
  const reader = port.output.getReader();
  const read = reader.read();
  receive([7]);
  expect([...(await read).value!]).toEqual([7]);
});

test('keeps the order and every byte, however reads and writes mix', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 5000 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(bytes, fc.boolean()), { minLength: 1 }), async (pieces) => {
      const uart = { room: () => 16, send: () => {} };
      const port = new SerialPort(uart, () => {});
      const reader = port.output.getReader();
      const got: number[] = [];
      const all: number[] = [];
      for (const [piece, read] of pieces) {
        for (const byte of piece) port.receive(byte);
        all.push(...piece);
        if (read) got.push(...(await reader.read()).value!);
      }
      port.dispose();
      for (let next = await reader.read(); !next.done; next = await reader.read())
        got.push(...next.value);
      expect(Buffer.compare(Buffer.from(got), Buffer.from(all))).toBe(0);
      expect(port.outputBytes).toBe(all.length);
    }),
    { numRuns: 30 },
  );
});

describe('back-pressure', () => {
  test('nothing is read ahead: without a reader the bytes stay, and the port gets full', async () => {
    receive({
      *[Symbol.iterator]() {
        for (let byte = 0; byte < FULL - 1; byte++) yield byte & 0xff;
      },
    });
    await Promise.resolve();
    expect(port.full).toBe(false);
    port.receive(0);
    expect(port.full).toBe(true);
    expect(onRoom).not.toHaveBeenCalled();
  });

  test('a full port that is read has room again, and says so once; nothing is lost', async () => {
    for (let byte = 0; byte < FULL + 10; byte++) port.receive(byte & 0xff);
    const reader = port.output.getReader();
    const { value } = await reader.read();
    expect(value?.length).toBe(FULL + 10);
    expect(value?.every((byte, index) => byte === (index & 0xff))).toBe(true);
    expect(port.full).toBe(false);
    expect(onRoom).toHaveBeenCalledOnce();
    port.receive(1);
    await reader.read();
    expect(onRoom).toHaveBeenCalledOnce();
  });

  test('what was read is not overwritten by what comes later', async () => {
    const reader = port.output.getReader();
    port.receive(1);
    const first = (await reader.read()).value!;
    port.receive(2);
    await reader.read();
    expect([...first]).toEqual([1]);
  });
});

describe('the end', () => {
  test('comes after the last byte', async () => {
    const reader = port.output.getReader();
    receive([1, 2]);
    port.dispose();
    expect([...(await reader.read()).value!]).toEqual([1, 2]);
    expect((await reader.read()).done).toBe(true);
  });

  test('lets a waiting reader go', async () => {
    const reader = port.output.getReader();
    const read = reader.read();
    port.dispose();
    expect((await read).done).toBe(true);
  });
});

test('sends text as UTF-8, and bytes as they are', async () => {
  await port.write('ä\r');
  await port.write(Uint8Array.of(0, 255));
  expect(sent).toEqual([
    [0xc3, 0xa4, 0x0d],
    [0, 255],
  ]);
});

test('input waits, in order, until the driver of the guest takes it', async () => {
  room = 0;
  const early = [port.write('early '), port.write('bird')];
  expect(sent).toEqual([]);
  room = 16;
  port.sendWaiting();
  await Promise.all(early);
  await port.write('!');
  expect(Buffer.from(sent.flat()).toString()).toBe('early bird!');
});

test('input goes out by what the receiver holds, as the driver takes it', async () => {
  const uart = {
    room: () => (sent.length < taken ? 16 : 0),
    send: (bytes: Uint8Array) => void sent.push([...bytes]),
  };
  let taken = 1;
  const slow = new SerialPort(uart, onRoom);
  const written = slow.write(new Uint8Array(40).map((_, index) => index));
  expect(sent.map((piece) => piece.length)).toEqual([16]);
  taken = 3;
  slow.sendWaiting();
  await written;
  expect(sent.map((piece) => piece.length)).toEqual([16, 16, 8]);
  expect(sent.flat()).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test('nobody waits for a machine that is disposed', async () => {
  room = 0;
  const written = port.write('never');
  port.dispose();
  await written;
});

test('output that nobody wants any more never holds the guest', async () => {
  receive(new Uint8Array(FULL));
  expect(port.full).toBe(true);
  await port.output.cancel();
  expect(onRoom).toHaveBeenCalledTimes(1);
  receive(new Uint8Array(FULL));
  expect(port.full).toBe(false);
  expect(port.outputBytes).toBe(2 * FULL);
  await port.drained();
});

test('nothing is no input', async () => {
  room = 0;
  await port.write('');
  expect(port.inputWaits).toBe(false);
});
