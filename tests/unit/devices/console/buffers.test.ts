import fc from 'fast-check';
import { expect, test } from 'vitest';
import { descriptorTableLength } from '../../../../src/ring/layout.ts';
import { MULTIPORT, PORT_OPEN, Terminal, WITHOUT_PORTS } from './terminal.ts';

const UNTOUCHED = 0xa5;
const CONTROL_RECEIVE = 2;

test('the bytes that an input buffer counts are all input, the others untouched (SPLIT-013)', () => {
  const pieces = fc.array(fc.nat(40), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 6 }), fc.nat(200), (chains, typed) => {
      const terminal = new Terminal().start(WITHOUT_PORTS);
      const { harness } = terminal;
      const driver = terminal.driver(0);
      const spaces = new Map<number, number[]>();
      for (const lengths of chains) {
        if (driver.freeDescriptors < lengths.length) break;
        const segments = lengths.map((length) => harness.space(length));
        for (const { address, length } of segments) {
          harness.bytes.fill(UNTOUCHED, address, address + length);
        }
        const bytes = segments.flatMap(({ address, length }) =>
          Array.from({ length }, (_, index) => address + index),
        );
        spaces.set(driver.add([], segments), bytes);
      }
      terminal.type(0, 'x'.repeat(typed));
      terminal.pump(0);
      for (const { id, len } of driver.collectUsed()) {
        const bytes = (spaces.get(id) ?? []).map((address) => harness.bytes[address]);
        expect(len).toBeLessThanOrEqual(bytes.length);
        expect(bytes.slice(0, len)).toEqual(new Array(len).fill('x'.charCodeAt(0)));
        expect(bytes.slice(len)).toEqual(new Array(bytes.length - len).fill(UNTOUCHED));
      }
    }),
    { numRuns: 80 },
  );
});

test('a control message counts its bytes, and one that does not fit counts none (SPLIT-013)', () => {
  for (const room of [4, 7, 8, 64]) {
    const terminal = new Terminal().start();
    const { harness } = terminal;
    const space = harness.space(room);
    harness.bytes.fill(UNTOUCHED, space.address, space.address + room);
    const driver = terminal.driver(CONTROL_RECEIVE);
    driver.add([], [space]);
    terminal.pump(CONTROL_RECEIVE);
    terminal.tell(0xffffffff, 0, 1);
    const [{ len }] = driver.collectUsed();
    expect(len).toBe(room < 8 ? 0 : 8);
    const rest = harness.contents(space).slice(len);
    expect([...rest]).toEqual(new Array(room - len).fill(UNTOUCHED));
  }
});

test('no output and no control message is written to, nor a descriptor (SPLIT-002, SPLIT-003)', () => {
  const terminal = new Terminal().startPorts();
  const { harness } = terminal;
  expect(harness.runtime.hasFeature(MULTIPORT)).toBe(true);
  for (const queue of [1, 3]) {
    const { layout } = terminal.driver(queue);
    const message = new Uint8Array([0, 0, 0, 0, PORT_OPEN, 0, 1, 0]);
    const buffer = harness.buffer(message);
    terminal.driver(queue).add([buffer]);
    const end = layout.descriptorTable + descriptorTableLength(layout.queueSize);
    const descriptors = harness.bytes.slice(layout.descriptorTable, end);
    terminal.pump(queue);
    expect(terminal.driver(queue).collectUsed()).toHaveLength(1);
    expect(harness.contents(buffer)).toEqual(message);
    expect(harness.bytes.slice(layout.descriptorTable, end)).toEqual(descriptors);
  }
});
