import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONSOLE_PORT,
  DEVICE_ADD,
  DEVICE_READY,
  PORT_NAME,
  PORT_OPEN,
  PORT_READY,
  RESIZE,
  Terminal,
} from './terminal.ts';

const ANY_PORT = 0xffffffff;

describe('the conversation', () => {
  test('as Linux has it: ready, ports added, ports ready, ports presented (5.3.5, 5.3.6.2)', () => {
    const terminal = new Terminal({ names: ['org.ringbox.one', 'zwei'] }).start();
    terminal.give(2, 16, 64);
    expect(terminal.hear()).toEqual([]);
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    expect(terminal.hear()).toEqual(
      [0, 1, 2].map((id) => ({ id, event: DEVICE_ADD, value: 1, rest: '' })),
    );
    terminal.tell(0, PORT_READY, 1);
    expect(terminal.hear()).toEqual([
      { id: 0, event: CONSOLE_PORT, value: 1, rest: '' },
      { id: 0, event: RESIZE, value: 0, rest: 'P\0\x18\0' },
      { id: 0, event: PORT_OPEN, value: 1, rest: '' },
    ]);
    terminal.tell(2, PORT_READY, 1);
    expect(terminal.hear()).toEqual([
      { id: 2, event: PORT_NAME, value: 1, rest: 'zwei' },
      { id: 2, event: PORT_OPEN, value: 1, rest: '' },
    ]);
    terminal.tell(1, PORT_READY, 1);
    expect(terminal.hear()).toMatchObject([
      { id: 1, event: PORT_NAME, rest: 'org.ringbox.one' },
      { id: 1, event: PORT_OPEN, value: 1 },
    ]);
  });

  test('what finds no buffer waits, and comes in order', () => {
    const terminal = new Terminal({ names: ['one'] }).start();
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    terminal.tell(0, PORT_READY, 1);
    terminal.tell(1, PORT_READY, 1);
    const heard = [];
    for (let buffers = 0; buffers < 8; buffers++) {
      terminal.give(2, 1, 64);
      heard.push(...terminal.hear().map(({ id, event }) => [id, event]));
    }
    expect(heard).toEqual([
      [0, DEVICE_ADD],
      [0, CONSOLE_PORT],
      [0, RESIZE],
      [0, PORT_OPEN],
      [1, DEVICE_ADD],
      [1, PORT_NAME],
      [1, PORT_OPEN],
    ]);
  });

  test('no port is added twice, none beyond max_nr_ports (CONSOLE-003)', () => {
    const terminal = new Terminal({ names: ['one'] }).start();
    for (let round = 0; round < 3; round++) {
      terminal.give(2, 4, 64);
      terminal.tell(ANY_PORT, DEVICE_READY, 1);
    }
    expect(terminal.hear().map(({ id, event }) => [id, event])).toEqual([
      [0, DEVICE_ADD],
      [1, DEVICE_ADD],
    ]);
    expect(terminal.harness.control.configuration[4]).toBe(2); // max_nr_ports
  });

  test('after a reset it begins anew', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.tell(0, PORT_OPEN, 1);
    terminal.harness.reset();
    terminal.start();
    terminal.give(0, 1, 8);
    terminal.give(2, 8, 64);
    terminal.type(0, 'x');
    expect(terminal.hear()).toEqual([]);
    expect(terminal.take(0)).toEqual([]); // not open any more
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    expect(terminal.hear()).toHaveLength(2);
    terminal.tell(0, PORT_READY, 1);
    expect(terminal.hear()).toHaveLength(3);
    terminal.tell(0, PORT_READY, 1);
    expect(terminal.hear()).toEqual([]);
  });

  test('a driver that could not set up is told of no port', () => {
    const terminal = new Terminal().start();
    terminal.give(2, 4, 64);
    terminal.tell(ANY_PORT, DEVICE_READY, 0);
    expect(terminal.hear()).toEqual([]);
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    terminal.tell(0, PORT_READY, 0);
    expect(terminal.hear()).toMatchObject([{ event: DEVICE_ADD }]);
  });

  test('a message that its buffer cannot hold is left out, and stops nothing', () => {
    const terminal = new Terminal({ names: ['a long name'] }).start();
    terminal.give(2, 12, 8);
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    terminal.tell(1, PORT_READY, 1);
    const [name, open] = terminal.take(2).slice(2);
    expect(name).toHaveLength(0);
    expect([...open]).toEqual([1, 0, 0, 0, PORT_OPEN, 0, 1, 0]);
  });
});

describe('a named port', () => {
  test('has its own queues and rings', () => {
    const terminal = new Terminal({ names: ['one', 'two'] }).startPorts();
    terminal.transmit(5, 'from one');
    terminal.transmit(7, 'from two');
    terminal.transmit(1, 'from the console');
    expect(terminal.screen(1)).toBe('from one');
    expect(terminal.screen(2)).toBe('from two');
    expect(terminal.screen(0)).toBe('from the console');
    terminal.give(4, 1, 16);
    terminal.give(6, 1, 16);
    for (const id of [1, 2]) terminal.tell(id, PORT_OPEN, 1);
    terminal.type(2, 'to two');
    terminal.type(1, 'to one');
    expect(terminal.text(4)).toBe('to one');
    expect(terminal.text(6)).toBe('to two');
  });

  test('whose page does not read holds back nobody else', () => {
    const terminal = new Terminal({ names: ['stuck'], capacity: 8 }).startPorts();
    terminal.transmit(5, '0123456789');
    terminal.transmit(1, 'alive');
    expect(terminal.screen(0)).toBe('alive');
    expect(terminal.driver(5).collectUsed()).toEqual([]);
    expect(terminal.screen(1)).toBe('01234567');
    expect(terminal.screen(1)).toBe('89');
    expect(terminal.driver(5).collectUsed()).toHaveLength(1);
  });
});

describe('hanging up', () => {
  test('the guest is told once it has taken every byte, and only once', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.tell(1, PORT_OPEN, 1);
    terminal.type(1, 'last words');
    terminal.device.hangUp(1);
    terminal.signal();
    expect(terminal.hear()).toEqual([]);
    terminal.give(4, 1, 4);
    expect(terminal.text(4)).toBe('last');
    expect(terminal.hear()).toEqual([]);
    terminal.give(4, 1, 100);
    expect(terminal.text(4)).toBe(' words');
    expect(terminal.hear()).toEqual([{ id: 1, event: PORT_OPEN, value: 0, rest: '' }]);
    terminal.device.hangUp(1);
    terminal.signal();
    expect(terminal.hear()).toEqual([]);
  });

  test('a port that the guest opens later still gives it everything first', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.give(4, 1, 100);
    terminal.type(1, 'early');
    terminal.device.hangUp(1);
    terminal.signal();
    expect(terminal.hear()).toEqual([]);
    terminal.tell(1, PORT_OPEN, 1);
    expect(terminal.text(4)).toBe('early');
    expect(terminal.hear()).toMatchObject([{ id: 1, event: PORT_OPEN, value: 0 }]);
  });

  test('before the driver is there: open and closed again when there is input, else never open', () => {
    const terminal = new Terminal({ names: ['full', 'empty'] });
    terminal.type(1, 'x');
    terminal.device.hangUp(1);
    terminal.device.hangUp(2);
    terminal.start();
    terminal.give(2, 16, 64);
    terminal.give(4, 1, 8);
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    for (const id of [1, 2]) terminal.tell(id, PORT_READY, 1);
    terminal.tell(1, PORT_OPEN, 1);
    expect(terminal.text(4)).toBe('x');
    const opens = terminal.hear().filter(({ event }) => event === PORT_OPEN);
    expect(opens.map(({ id, value }) => [id, value])).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  test('output of the port goes on', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.device.hangUp(1);
    terminal.transmit(5, 'answer');
    expect(terminal.screen(1)).toBe('answer');
  });

  test('of a port that does not exist is refused', () => {
    const terminal = new Terminal();
    expect(() => terminal.device.hangUp(1)).toThrow(/port 1/);
  });
});

describe('resize', () => {
  test('tells the console columns and rows, in that order, and the configuration too', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.device.resize(300, 50);
    terminal.signal();
    expect(terminal.hear()).toEqual([{ id: 0, event: RESIZE, value: 0, rest: '\x2c\x01\x32\0' }]);
    expect([...terminal.harness.control.configuration.slice(0, 4)]).toEqual([44, 1, 50, 0]);
    expect(terminal.harness.configurationNotifications).toBe(1);
  });

  test('many while there is no buffer become one, the last', () => {
    const terminal = new Terminal().start();
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    terminal.tell(0, PORT_READY, 1);
    for (let columns = 1; columns < 100; columns++) terminal.device.resize(columns, 7);
    terminal.give(2, 8, 64);
    const sizes = terminal.hear().filter(({ event }) => event === RESIZE);
    expect(sizes).toMatchObject([{ rest: 'c\0\x07\0' }]);
  });

  test('before the port is ready is told when it is', () => {
    const terminal = new Terminal();
    terminal.device.resize(132, 43);
    terminal.start();
    terminal.give(2, 8, 64);
    terminal.tell(ANY_PORT, DEVICE_READY, 1);
    terminal.device.resize(133, 43);
    terminal.signal();
    expect(terminal.hear()).toHaveLength(1);
    terminal.tell(0, PORT_READY, 1);
    expect(terminal.hear()[1]).toMatchObject({ event: RESIZE, rest: '\x85\0\x2b\0' });
  });
});

describe('a hostile driver', () => {
  test('messages cut short, of no port or of no meaning are passed over', () => {
    const terminal = new Terminal({ names: ['one'] }).startPorts();
    terminal.tell(0, PORT_OPEN, 1);
    const close = Uint8Array.of(0, 0, 0, 0, PORT_OPEN, 0, 0, 0);
    for (let length = 0; length < 8; length++) terminal.transmit(3, close.subarray(0, length));
    for (const id of [2, 3, 255, 2 ** 31, ANY_PORT]) {
      for (const event of [PORT_READY, PORT_OPEN, CONSOLE_PORT]) terminal.tell(id, event, 1);
    }
    for (const event of [2, 5, 7, 8, 255, 65535]) terminal.tell(0, event, 1);
    terminal.driver(3).add([], [terminal.harness.space(8)]);
    terminal.pump(3);
    expect(terminal.hear()).toEqual([]);
    expect(terminal.harness.needsReset).toBe(false);
    terminal.transmit(1, 'alive');
    expect(terminal.screen()).toBe('alive');
    terminal.give(0, 1, 8);
    terminal.type(0, 'open');
    expect(terminal.text(0)).toBe('open');
  });

  test('a port that was not added cannot be made ready or opened', () => {
    const terminal = new Terminal().start();
    terminal.give(2, 8, 64);
    terminal.give(0, 1, 8);
    terminal.type(0, 'x');
    terminal.tell(0, PORT_READY, 1);
    terminal.tell(0, PORT_OPEN, 1);
    expect(terminal.hear()).toEqual([]);
    expect(terminal.take(0)).toEqual([]);
  });

  test('any messages in any framing: no exception, no needs-reset, no port added twice (CONSOLE-003)', () => {
    const message = fc.record({
      id: fc.oneof(fc.nat(3), fc.constant(ANY_PORT)),
      event: fc.oneof(fc.nat(9), fc.nat(65535)),
      value: fc.nat(3),
      length: fc.oneof(fc.constant(8), fc.nat(20)),
      cut: fc.nat(20),
      buffer: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
        const terminal = new Terminal({ names: ['one', 'two'], queueSize: 128 }).start();
        const added: number[] = [];
        for (const { id, event, value, length, cut, buffer } of messages) {
          const bytes = new Uint8Array(20);
          const view = new DataView(bytes.buffer);
          view.setUint32(0, id, true);
          view.setUint16(4, event, true);
          view.setUint16(6, value, true);
          terminal.transmit(
            3,
            bytes.subarray(0, Math.min(cut, length)),
            bytes.subarray(cut, length),
          );
          terminal.driver(3).collectUsed();
          terminal.give(2, 1, buffer);
          for (const heard of terminal.take(2)) {
            const isAdd = heard.length === 8 && heard[4] === DEVICE_ADD;
            if (isAdd) added.push(heard[0]);
          }
        }
        expect(new Set(added).size).toBe(added.length);
        expect(added.every((id) => id < 3)).toBe(true);
        expect(terminal.harness.needsReset).toBe(false);
        terminal.harness.checkCanaries();
      }),
      { numRuns: 60 },
    );
  });
});
