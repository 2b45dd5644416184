import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InterruptLines } from '../../../src/pci/interrupt-lines.ts';
import { FakeController } from './fake-controller.ts';

test('a line is raised once and lowered once, however often it is updated', () => {
  const controller = new FakeController();
  const lines = new InterruptLines(controller);
  lines.update(0);
  lines.update(1 << 10);
  lines.update(1 << 10);
  lines.update(0);
  lines.update(0);
  expect(controller.calls).toEqual(['raise 10', 'lower 10']);
});

test('lines are independent of each other, 0 and 15 among them', () => {
  const controller = new FakeController();
  const lines = new InterruptLines(controller);
  lines.update((1 << 15) | 1);
  lines.update((1 << 15) | (1 << 5));
  expect(controller.calls).toEqual(['raise 0', 'raise 15', 'lower 0', 'raise 5']);
  expect(controller.levels).toBe((1 << 15) | (1 << 5));
});

test('the controller always has the levels of the last update', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), (updates) => {
      const controller = new FakeController();
      const lines = new InterruptLines(controller);
      for (const levels of updates) {
        lines.update(levels);
        expect(controller.levels).toBe(levels);
      }
    }),
  );
});
