import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceSnapshot, StepResult } from '../../../../src/machine/index.ts';
import {
  SlowMotion,
  STEP_TIME,
  type Steps,
} from '../../../../src/page/inspector/control/slow-motion.ts';
import { controlWords, stepWords } from '../../../../src/page/inspector/control/words.ts';

/** A device that has so many chains to take. */
class FakeDevice implements Steps {
  readonly log: string[] = [];
  held = false;
  fault: Error | null = null;
  #waiting: number;
  #done = 0;

  constructor(waiting: number) {
    this.#waiting = waiting;
  }

  async hold(): Promise<void> {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.log.push('release');
  }

  async take(): Promise<StepResult | null> {
    if (this.fault !== null) throw this.fault;
    if (this.#waiting === 0) return null;
    this.#waiting--;
    this.#done++;
    this.log.push('take');
    return { queue: 0, index: 0, head: 0 };
  }

  async publish(): Promise<StepResult | null> {
    if (this.#done === 0) return null;
    this.#done--;
    this.log.push('publish');
    return { queue: 0, index: 0, head: 0 };
  }
}

const later = (steps: number) => vi.advanceTimersByTimeAsync(steps * STEP_TIME);

describe('slow motion', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('takes a step at a time, and shows what is done before it takes more', async () => {
    const device = new FakeDevice(2);
    const stepped = vi.fn();
    const motion = new SlowMotion(device, { stepped, failed: vi.fn() });
    await motion.start();
    expect(device.held).toBe(true);
    await later(1);
    expect(device.log).toEqual(['take']);
    await later(5);
    expect(device.log).toEqual(['take', 'publish', 'take', 'publish']);
    expect(stepped).toHaveBeenCalledTimes(4);
    motion.stop();
    expect(device.held).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets the device go when a step fails, and says why', async () => {
    const device = new FakeDevice(1);
    device.fault = new Error('died');
    const failed = vi.fn();
    const motion = new SlowMotion(device, { stepped: vi.fn(), failed });
    await motion.start();
    await later(3);
    expect(failed).toHaveBeenCalledExactlyOnceWith(device.fault);
    expect([motion.running, device.held]).toEqual([false, false]);
  });

  it('releases nothing that it has not held', () => {
    const device = new FakeDevice(0);
    new SlowMotion(device, { stepped: vi.fn(), failed: vi.fn() }).stop();
    expect(device.log).toEqual([]);
  });
});

describe('the words about control', () => {
  const device = (state: Partial<DeviceSnapshot>) => state as DeviceSnapshot;

  it('say what a step has done', () => {
    expect(stepWords('take', { queue: 0, index: 48, head: 12 })).toBe(
      'Chain 12 was taken from the available ring of queue 0, index 48, and served.',
    );
    expect(stepWords('publish', { queue: 1, index: 0xffff, head: 3 })).toContain('used idx is 0.');
    expect(stepWords('publish', null)).toContain('nothing to publish');
  });

  it('say how the device stands', () => {
    expect(controlWords(device({ held: true }), true)).toContain('slow motion');
    expect(controlWords(device({ held: true }), false)).toContain('Held');
    expect(controlWords(device({ held: true, paused: true }), false)).toContain('resume it');
    const withheld = controlWords(device({ interruptsWithheld: true, withheldIsr: 1 }), false);
    expect(withheld).toBe('At full speed. An interrupt is withheld.');
  });
});
