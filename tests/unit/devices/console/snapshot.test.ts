import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RuntimeState } from '../../../../src/devices/runtime.ts';
import { ByteRing } from '../../../../src/link/byte-ring.ts';
import { pattern } from '../block/disk.ts';
import { Terminal } from './terminal.ts';

const SAVED = { keptDisks: 'referenced' as const };

/** Where the terminal goes on as it was: the guest's memory is as it was too, and so are the rings. */
async function goBack(terminal: Terminal, saved: RuntimeState, rings: Uint8Array[]): Promise<void> {
  terminal.harness.runtime.restore(structuredClone(saved));
  terminal.rings.forEach(({ output }, index) => {
    output.replace(rings[index]);
  });
}

test('output in the middle of a buffer goes on behind the byte where it was', async () => {
  const bytes = pattern(4000);
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.nat(1000), async (before, after) => {
      const terminal = new Terminal({ capacity: 512 }).start();
      const { output } = terminal.rings[0];
      const driver = terminal.driver(1);
      driver.add([terminal.harness.buffer(bytes)]);
      terminal.pump(1);
      const read = (count: number) => {
        const pieces: number[] = [];
        while (pieces.length < count) {
          pieces.push(...output.read(count - pieces.length));
          terminal.harness.pump();
        }
        return pieces;
      };
      const first = read(before);
      const saved = await terminal.harness.runtime.save(SAVED);
      const rings = terminal.rings.map((ring) => ring.output.peek());
      read(after);
      await goBack(terminal, saved, rings);
      terminal.harness.pump();
      const rest = read(bytes.length - before);
      expect(Uint8Array.from([...first, ...rest])).toEqual(bytes);
      // It comes back, once.
      terminal.harness.pump();
      expect(driver.collectUsed()).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

test('what driver and page have said of the ports is known, and the size that the driver knows', async () => {
  const terminal = new Terminal({ names: ['one'] }).startPorts();
  terminal.device.resize(100, 30);
  terminal.device.hangUp(1);
  const saved = await terminal.harness.runtime.save(SAVED);
  expect(saved.device).toMatchObject({
    columns: 100,
    rows: 30,
    ports: [{ ready: true }, { ready: true, hungUp: true }],
  });
  const other = new Terminal({ names: ['one'] }).startPorts();
  await goBack(other, saved, [new Uint8Array(0), new Uint8Array(0)]);
  expect((await other.harness.runtime.save(SAVED)).device).toEqual(saved.device);
});

test('a ring is made to hold other bytes, wherever it was', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.uint8Array({ maxLength: 64 }), (moved, bytes) => {
      const ring = ByteRing.create(64);
      for (let count = 0; count < moved; count++) {
        ring.write(Uint8Array.of(count));
        if (count % 3 !== 0) ring.read(1);
      }
      ring.replace(bytes);
      expect(ring.peek()).toEqual(bytes);
      expect(ring.read()).toEqual(bytes);
      expect(ring.readable).toBe(0);
    }),
  );
});
