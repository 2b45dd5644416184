import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConsoleDevice } from '../../../../src/devices/console/console.ts';
import { VIRTIO_F_VERSION_1 } from '../../../support/harness.ts';
import { PORT_OPEN, Terminal, WITHOUT_PORTS } from './terminal.ts';

describe('what the driver sees before it starts', () => {
  test('features, queues and class of a console', () => {
    const { device } = new Terminal({ names: ['one', 'two'] });
    expect(device.description).toMatchObject({ type: 3, configurationLength: 12 });
    expect([...device.description.features].sort()).toEqual([0, 1, 2]);
    expect(device.description.queueSizes).toHaveLength(8); // receive, transmit; control; 2 ports
  });

  test('the configuration space has size, number of ports and a zero emerg_wr (5.3.4)', () => {
    const { harness } = new Terminal({ names: ['one'] });
    const { configuration } = harness.control;
    expect([...configuration.slice(0, 12)]).toEqual([80, 0, 24, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('a console without a port is refused', () => {
    expect(() => new ConsoleDevice({ ports: [] })).toThrow(/port/);
  });
});

describe('without MULTIPORT', () => {
  const start = (options = {}) => new Terminal(options).start(WITHOUT_PORTS);

  test('port 0 works at once, in both directions', () => {
    const terminal = start();
    const head = terminal.transmit(1, 'hello, ', 'page');
    expect(terminal.driver(1).collectUsed()).toEqual([{ id: head, len: 0 }]);
    expect(terminal.screen()).toBe('hello, page');
    terminal.type(0, 'hello, guest');
    expect(terminal.take(0)).toEqual([]);
    terminal.give(0, 2, 8);
    expect(terminal.text(0)).toBe('hello, guest');
  });

  test('holds output while the page does not read, but none while it is paused', () => {
    const terminal = start({ capacity: 8 });
    terminal.transmit(1, 'more than eight');
    expect(terminal.device.holdsOutput(0)).toBe(true);
    terminal.harness.pause(true);
    expect(terminal.device.holdsOutput(0)).toBe(false);
    terminal.harness.pause(false);
    expect(terminal.device.holdsOutput(0)).toBe(true);
    expect(terminal.screen()).toBe('more tha');
    terminal.harness.pump();
    expect(terminal.device.holdsOutput(0)).toBe(false);
    expect(terminal.screen()).toBe('n eight');
    expect(() => terminal.device.holdsOutput(1)).toThrow(RangeError);
  });

  test('nothing is taken before DRIVER_OK (BASIC-001)', () => {
    const terminal = new Terminal();
    terminal.harness.negotiate([VIRTIO_F_VERSION_1]);
    terminal.harness.enableQueue(0, 4);
    terminal.harness.enableQueue(1, 4);
    terminal.type(0, 'x');
    terminal.driver(0).add([], [terminal.harness.space(8)]);
    terminal.pump(0);
    terminal.transmit(1, 'early');
    expect(terminal.driver(0).collectUsed()).toEqual([]);
    expect(terminal.screen()).toBe('');
    terminal.harness.driverOk();
    expect(terminal.screen()).toBe('early');
    expect(terminal.driver(0).collectUsed()).toHaveLength(1);
  });

  test('a resize changes the configuration and notifies', () => {
    const terminal = start();
    const { configuration } = terminal.harness.control;
    terminal.device.resize(300, 1000);
    terminal.harness.pump();
    expect([...configuration.slice(0, 4)]).toEqual([44, 1, 232, 3]);
    expect(terminal.harness.configurationNotifications).toBe(1);
    terminal.device.resize(300, 1000);
    terminal.harness.pump();
    expect(terminal.harness.configurationNotifications).toBe(1);
  });
});

describe('output', () => {
  test('a full ring holds the guest back; nothing is lost or reordered', () => {
    const terminal = new Terminal({ capacity: 16 }).start(WITHOUT_PORTS);
    const first = terminal.transmit(1, '0123456789', 'abcdefghij');
    const second = terminal.transmit(1, 'ABCDEF');
    expect(terminal.driver(1).collectUsed()).toEqual([]);
    expect(terminal.screen(0, 3)).toBe('012');
    expect(terminal.driver(1).collectUsed()).toEqual([]);
    expect(terminal.screen(0, 3)).toBe('345');
    expect(
      terminal
        .driver(1)
        .collectUsed()
        .map(({ id }) => id),
    ).toEqual([first]);
    expect(terminal.screen()).toBe('6789abcdefghijAB');
    expect(
      terminal
        .driver(1)
        .collectUsed()
        .map(({ id }) => id),
    ).toEqual([second]);
    expect(terminal.screen()).toBe('CDEF');
  });

  test('any chains and any reading give the same bytes', () => {
    const chain = fc.record({
      pieces: fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 1, maxLength: 5 }),
      read: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(chain, { maxLength: 20 }), (chains) => {
        const terminal = new Terminal({ capacity: 64, queueSize: 256 }).start(WITHOUT_PORTS);
        const seen: number[] = [];
        const look = (limit: number) => {
          seen.push(...terminal.rings[0].output.read(limit));
          terminal.signal();
        };
        for (const { pieces, read } of chains) {
          terminal.transmit(1, ...pieces);
          look(read);
        }
        while (terminal.rings[0].output.readable > 0) look(64);
        expect(seen).toEqual(chains.flatMap(({ pieces }) => pieces.flatMap((p) => [...p])));
        expect(terminal.driver(1).collectUsed()).toHaveLength(chains.length);
        terminal.harness.checkCanaries();
      }),
      { numRuns: 60 },
    );
  });

  test('20 MB pass a small ring byte for byte', () => {
    const total = 20_000_000;
    const terminal = new Terminal({ capacity: 4096 }).start(WITHOUT_PORTS);
    const { harness } = terminal;
    const driver = terminal.driver(1);
    const source = harness.space(65536);
    const byteAt = (position: number) => (position * 31 + (position >>> 8) * 7) & 0xff;
    let sent = 0;
    let seen = 0;
    while (seen < total) {
      if (driver.outstanding === 0 && sent < total) {
        const length = Math.min(1 + ((sent * 7) % 65536), total - sent);
        for (let index = 0; index < length; index++) {
          harness.bytes[source.address + index] = byteAt(sent + index);
        }
        driver.add([{ address: source.address, length }]);
        sent += length;
        harness.ring(1);
      }
      harness.poll();
      harness.syncPoint();
      const bytes = terminal.rings[0].output.read();
      for (const byte of bytes) {
        if (byte !== byteAt(seen)) throw new Error(`byte ${seen} is ${byte}`);
        seen++;
      }
      driver.collectUsed();
    }
    harness.poll();
    expect(seen).toBe(total);
    expect(terminal.rings[0].output.readable).toBe(0);
  });

  test('a chain with nothing to read is given back', () => {
    const terminal = new Terminal().start(WITHOUT_PORTS);
    terminal.driver(1).add([], [terminal.harness.space(8)]);
    terminal.transmit(1, '');
    expect(
      terminal
        .driver(1)
        .collectUsed()
        .map(({ len }) => len),
    ).toEqual([0, 0]);
  });

  test('a reset forgets the rest of a chain; what is in the ring stays', () => {
    const terminal = new Terminal({ capacity: 8 }).start(WITHOUT_PORTS);
    terminal.transmit(1, '0123456789');
    terminal.harness.reset();
    terminal.start(WITHOUT_PORTS);
    expect(terminal.screen()).toBe('01234567');
    expect(terminal.screen()).toBe('');
    terminal.transmit(1, 'new');
    expect(terminal.screen()).toBe('new');
    expect(terminal.driver(1).collectUsed()).toHaveLength(1);
  });

  test('so does the reset of its queue alone', () => {
    const terminal = new Terminal({ capacity: 8 }).start(WITHOUT_PORTS);
    terminal.transmit(1, '0123456789');
    terminal.harness.resetQueue(1);
    terminal.screen();
    terminal.harness.enableQueue(1, 4);
    terminal.transmit(1, 'new');
    expect(terminal.screen()).toBe('new');
    expect(terminal.driver(1).collectUsed()).toHaveLength(1);
  });
});

describe('input', () => {
  test('waits in order for buffers of any size, and fills each as far as there is any', () => {
    const text = 'The quick brown fox jumps over the lazy dog.';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 8 }), (sizes) => {
        const terminal = new Terminal({ capacity: 64, queueSize: 64 }).start(WITHOUT_PORTS);
        terminal.type(0, text);
        let got = '';
        for (const size of sizes) {
          terminal.give(0, 1, size);
          const filled = terminal.text(0);
          expect(filled.length).toBe(Math.min(size, text.length - got.length));
          got += filled;
        }
        expect(got).toBe(
          text.slice(
            0,
            sizes.reduce((sum, size) => sum + size, 0),
          ),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('without input a buffer is kept', () => {
    const terminal = new Terminal().start(WITHOUT_PORTS);
    terminal.give(0, 1, 8);
    expect(terminal.take(0)).toEqual([]);
    terminal.type(0, 'ab');
    expect(terminal.text(0)).toBe('ab');
  });

  test('what the ring cannot hold is refused to the page, not lost', () => {
    const terminal = new Terminal({ capacity: 8 }).start(WITHOUT_PORTS);
    expect(terminal.type(0, '0123456789')).toBe(8);
    terminal.give(0, 1, 4);
    expect(terminal.text(0)).toBe('0123');
    expect(terminal.type(0, '89')).toBe(2);
    terminal.give(0, 2, 4);
    expect(terminal.text(0)).toBe('456789');
  });

  test('input that waits outlives a reset of the device', () => {
    const terminal = new Terminal().start(WITHOUT_PORTS);
    terminal.type(0, 'kept');
    terminal.harness.reset();
    terminal.start(WITHOUT_PORTS);
    terminal.give(0, 1, 8);
    expect(terminal.text(0)).toBe('kept');
  });

  test('bytes beyond the input are not written', () => {
    const terminal = new Terminal().start(WITHOUT_PORTS);
    const space = terminal.harness.buffer('........');
    terminal.driver(0).add([], [space]);
    terminal.pump(0);
    terminal.type(0, 'abc');
    expect(terminal.driver(0).collectUsed()[0].len).toBe(3);
    expect(new TextDecoder().decode(terminal.harness.contents(space))).toBe('abc.....');
  });
});

describe('emergency write', () => {
  test('the lower byte goes out, even on an unconfigured device (CONSOLE-001, CONSOLE-002)', () => {
    const terminal = new Terminal();
    for (const character of 'oops') {
      terminal.harness.writeConfiguration(8, 4, 0x12345600 | character.charCodeAt(0));
    }
    terminal.harness.writeConfiguration(8, 1, 33);
    terminal.harness.pump();
    expect(terminal.screen()).toBe('oops!');
  });

  test('a write beside emerg_wr is nothing', () => {
    const terminal = new Terminal();
    for (const offset of [0, 2, 4, 7, 9, 12, 255]) {
      terminal.harness.writeConfiguration(offset, 1, 65);
    }
    terminal.harness.pump();
    expect(terminal.screen()).toBe('');
    expect([...terminal.harness.control.configuration.slice(0, 4)]).toEqual([80, 0, 24, 0]);
  });

  test('a full ring loses nothing, on an unconfigured device and before other output', () => {
    const terminal = new Terminal({ capacity: 4 });
    for (const character of '0123456789') {
      terminal.harness.writeConfiguration(8, 1, character.charCodeAt(0));
    }
    terminal.harness.pump();
    expect(terminal.screen()).toBe('0123');
    expect(terminal.screen(0, 2)).toBe('45');
    terminal.start(WITHOUT_PORTS);
    terminal.transmit(1, 'after');
    let rest = '';
    for (let reads = 0; reads < 4; reads++) rest += terminal.screen();
    expect(rest).toBe('6789after');
  });

  test('a guest that goes on for ever costs no memory', () => {
    const terminal = new Terminal({ capacity: 4 });
    for (let round = 0; round < 50; round++) {
      for (let count = 0; count < 256; count++) terminal.harness.writeConfiguration(8, 1, 65);
      terminal.harness.pump();
    }
    let length = 0;
    for (let text = terminal.screen(); text !== ''; text = terminal.screen()) length += text.length;
    expect(length).toBe(4 + 4096);
  });
});

test('a guest that has not opened port 0 gets no input; one that closes it gets no more', () => {
  const terminal = new Terminal().startPorts();
  terminal.give(0, 4, 8);
  terminal.type(0, 'one');
  expect(terminal.take(0)).toEqual([]);
  terminal.tell(0, PORT_OPEN, 1);
  expect(terminal.text(0)).toBe('one');
  terminal.tell(0, PORT_OPEN, 0);
  terminal.type(0, 'two');
  expect(terminal.take(0)).toEqual([]);
  terminal.tell(0, PORT_OPEN, 1);
  expect(terminal.text(0)).toBe('two');
});
