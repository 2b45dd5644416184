import { afterEach, describe, expect, test, vi } from 'vitest';
import { wordChanged } from '../../../src/link/wait.ts';

const native = 'waitAsync' in Atomics ? Atomics.waitAsync : undefined;

afterEach(() => {
  vi.useRealTimers();
  Object.assign(Atomics, { waitAsync: native });
});

describe.each([
  ['with Atomics.waitAsync', true],
  ['without Atomics.waitAsync', false],
])('wordChanged %s', (_name, available) => {
  function words(): Int32Array<SharedArrayBuffer> {
    if (!available) Object.assign(Atomics, { waitAsync: undefined });
    return new Int32Array(new SharedArrayBuffer(8));
  }

  test('resolves at once when the word differs already', async () => {
    await wordChanged(words(), 1, 5);
  });

  test('resolves when the word changes and is notified', async () => {
    const shared = words();
    let done = false;
    const waiting = wordChanged(shared, 1, 0).then(() => {
      done = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(done).toBe(false);
    Atomics.store(shared, 1, 1);
    Atomics.notify(shared, 1);
    await waiting;
    expect(done).toBe(true);
  });

  test('resolves after its timeout', async () => {
    const start = performance.now();
    await wordChanged(words(), 1, 0, 20);
    expect(performance.now() - start).toBeGreaterThan(10);
  });
});
