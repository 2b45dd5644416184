import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEVICE_ADD, Terminal } from './terminal.ts';

const DEVICE_REMOVE = 2;
const PORTS = 3;

/** Something that happens to a console: the driver speaks, or the page does. */
const happening = fc.oneof(
  fc.record({
    by: fc.constant('driver' as const),
    id: fc.oneof(fc.nat(PORTS), fc.constant(0xffffffff)),
    event: fc.constantFrom(0, 0, 3, 3, 6, 1, 2, 7),
    value: fc.constantFrom(1, 1, 1, 0, 2),
  }),
  fc.record({ by: fc.constant('hang-up' as const), port: fc.nat(PORTS - 1) }),
  fc.record({ by: fc.constant('resize' as const), columns: fc.integer({ min: 1, max: 65535 }) }),
  fc.record({ by: fc.constant('reset' as const) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function play(terminal: Terminal, what: Happening): void {
  if (what.by === 'driver') terminal.tell(what.id, what.event, what.value);
  else if (what.by === 'hang-up') terminal.device.hangUp(what.port);
  else if (what.by === 'resize') terminal.device.resize(what.columns, 24);
  else {
    terminal.harness.reset();
    terminal.start();
  }
  terminal.signal();
}

test('ports are added once, only such as exist, and removed only after that (CONSOLE-003, CONSOLE-004)', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const terminal = new Terminal({ names: ['one', 'two'], queueSize: 128 }).start();
      const ports = terminal.harness.control.configuration[4]; // max_nr_ports
      expect(ports).toBe(PORTS);
      let present = new Set<number>();
      for (const what of happenings) {
        play(terminal, what);
        if (what.by === 'reset') present = new Set();
        terminal.give(2, 16, 64);
        for (const { id, event } of terminal.hear()) {
          if (event === DEVICE_ADD) {
            expect(id).toBeLessThan(ports);
            expect(present).not.toContain(id);
            present.add(id);
          } else if (event === DEVICE_REMOVE) {
            expect(present).toContain(id);
            present.delete(id);
          }
        }
      }
    }),
    { numRuns: 80 },
  );
});
