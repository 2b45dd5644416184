import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../src/machine/deferred.ts';
import { Watch } from '../../../src/page/watch.ts';

const INTERVAL = 1000;

/** A document that can be hidden, which is all that a watch knows of one. */
class Visibility extends EventTarget {
  hidden = false;

  set(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Visibility;

beforeEach(() => {
  vi.useFakeTimers();
  page = new Visibility();
  vi.stubGlobal('document', page);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('Watch', () => {
  it('looks at once, and then again and again', async () => {
    const look = vi.fn(async () => {});
    new Watch(look, INTERVAL).start();
    await vi.advanceTimersByTimeAsync(2.5 * INTERVAL);
    expect(look).toHaveBeenCalledTimes(3);
  });

  it('does nothing before and after', async () => {
    const look = vi.fn(async () => {});
    const watch = new Watch(look, INTERVAL);
    watch.now();
    page.set(false);
    await vi.advanceTimersByTimeAsync(INTERVAL);
    expect(look).not.toHaveBeenCalled();
    watch.start();
    await vi.advanceTimersByTimeAsync(0);
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
    watch.now();
    expect(look).toHaveBeenCalledOnce();
  });

  it('rests while the page is hidden', async () => {
    const look = vi.fn(async () => {});
    new Watch(look, INTERVAL).start();
    await vi.advanceTimersByTimeAsync(0);
    page.set(true);
    await vi.advanceTimersByTimeAsync(5 * INTERVAL);
    expect(look).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    page.set(false);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('looks once more when there was something new during a slow look', async () => {
    const slow = new Deferred<void>();
    const look = vi.fn(() => slow.promise);
    const watch = new Watch(look, INTERVAL);
    watch.start();
    watch.now();
    watch.now();
    expect(look).toHaveBeenCalledOnce();
    slow.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('goes on after it was stopped and started during a look', async () => {
    const slow = new Deferred<void>();
    const look = vi.fn(() => slow.promise);
    const watch = new Watch(look, INTERVAL);
    watch.start();
    watch.stop();
    watch.start();
    slow.resolve();
    await vi.advanceTimersByTimeAsync(INTERVAL);
    expect(look.mock.calls.length).toBeGreaterThan(1);
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
