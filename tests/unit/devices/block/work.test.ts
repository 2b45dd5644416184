import { expect, onTestFinished, test, vi } from 'vitest';
import { Work } from '../../../../src/devices/block/work.ts';

test('long work lets others have their turn, and tells how far it is', async () => {
  // Each step takes long.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 200));
  onTestFinished(() => clock.mockRestore());
  const progress: number[][] = [];
  const onProgress = (...numbers: (number | null)[]) => progress.push(numbers as number[]);
  const controller = new AbortController();
  setImmediate(() => controller.abort(new Error('enough')));
  const work = new Work({ onProgress, signal: controller.signal }, 100);
  const working = async () => {
    for (let step = 0; step < 100; step++) await work.advance(1);
  };
  await expect(working()).rejects.toThrow('enough');
  expect(progress.length).toBeGreaterThan(0);
  expect(progress).toEqual(progress.map((_, index) => [index + 1, 100]));
  expect(progress.length).toBeLessThan(50);
});

test('work that nobody wants any more does not begin', () => {
  const reason = new Error('enough');
  expect(() => new Work({ signal: AbortSignal.abort(reason) })).toThrow(reason);
});
