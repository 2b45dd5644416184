import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Attention } from '../../../src/link/control-block.ts';
import { Scheduler } from '../../../src/machine/scheduler.ts';

/** Far longer than a test may take, in milliseconds: who sleeps so long is woken, or never. */
const LONG = 600_000;
/** A run that has so many slices before something happens will not see it happen. */
const TOO_MANY = 10_000;

let attention: Attention;
let scheduler: Scheduler;
/** What the slices return, one after the other; then they end the run. */
let results: number[];
let slices: number;
let turns: number;
/** Milliseconds on the scheduler's clock, which each slice moves on by one. */
let time: number;
/** What happens inside each slice. */
let inSlice: () => void;
let waiting: { count: number; resolve: () => void }[];

beforeEach(() => {
  attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
  results = [];
  slices = 0;
  turns = 0;
  time = 0;
  inSlice = () => {};
  waiting = [];
  const runSlice = () => {
    slices++;
    time++;
    inSlice();
    for (const { count, resolve } of waiting) if (slices >= count) resolve();
    return results.shift() ?? Number.POSITIVE_INFINITY;
  };
  scheduler = new Scheduler(attention, { beginTurn: () => turns++, runSlice }, () => time);
});

afterEach(() => {
  scheduler.dispose();
  attention.request(0); // nobody sleeps on
});

/** Resolves when slice `count` has run. */
function slice(count: number): Promise<void> {
  if (slices >= count) return Promise.resolve();
  return new Promise((resolve) => waiting.push({ count, resolve }));
}

/** Everything that is due has happened: a few turns of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

describe('a busy guest', () => {
  test('gets slice after slice until its run ends', async () => {
    results = [0, 0.5, 0];
    scheduler.start();
    expect(slices).toBe(0); // not inside `start`
    expect(scheduler.running).toBe(true);
    await slice(4);
    expect(scheduler.running).toBe(false);
    await settled();
    expect(slices).toBe(4);
  });

  test('leaves the page its turns', async () => {
    let pageTurns = 0;
    setTimeout(() => pageTurns++, 0);
    results = { shift: () => (pageTurns > 0 || slices > TOO_MANY ? undefined : 0) } as never;
    scheduler.start();
    while (scheduler.running) await new Promise((resolve) => setImmediate(resolve));
    expect(pageTurns).toBe(1);
    expect(slices).toBeLessThan(TOO_MANY);
  });

  test('has slices of 3 ms before the page gets a turn', async () => {
    results = [0, 0, 0, 0, 0, 0, 0];
    scheduler.start();
    await slice(7);
    expect(turns).toBe(3);
  });

  test('has one slice in a turn where that takes long', async () => {
    results = [0, 0];
    inSlice = () => {
      time += 20;
    };
    scheduler.start();
    await slice(3);
    expect(turns).toBe(3);
  });

  test('ends its turn when it has nothing more to do', async () => {
    results = [0, 0.5, 0, 0, 0];
    scheduler.start();
    await slice(6);
    expect(turns).toBe(3);
  });

  test('ends its turn when a new one is planned from inside it', async () => {
    results = [0, 0, 0, 0];
    inSlice = () => {
      if (slices === 1) scheduler.wake();
    };
    scheduler.start();
    await slice(5);
    expect(turns).toBe(3);
  });

  test('that is started twice runs once', async () => {
    results = [0, 0];
    scheduler.start();
    scheduler.start();
    await slice(3);
    await settled();
    expect(slices).toBe(3);
  });
});

describe('stop', () => {
  test('from inside a slice makes it the last', async () => {
    results = [0, 0, 0];
    inSlice = () => {
      if (slices === 2) scheduler.stop();
    };
    scheduler.start();
    await slice(2);
    await settled();
    expect(slices).toBe(2);
  });

  test('before the first slice leaves none', async () => {
    scheduler.start();
    scheduler.stop();
    await settled();
    expect(slices).toBe(0);
  });

  test('and start at once is one run, not two', async () => {
    results = [LONG, LONG];
    scheduler.start();
    scheduler.stop();
    scheduler.start();
    await slice(1);
    await settled();
    expect(slices).toBe(1);
  });

  test('while the guest sleeps ends the sleep for good', async () => {
    results = [LONG, 0];
    scheduler.start();
    await slice(1);
    scheduler.stop();
    attention.request(3);
    scheduler.wake();
    await settled();
    expect(slices).toBe(1);
  });

  test('is undone by start, which goes on at once', async () => {
    results = [LONG, 0];
    scheduler.start();
    await slice(1);
    scheduler.stop();
    scheduler.start();
    await slice(2);
  });
});

describe('a halted guest', () => {
  test('sleeps until a device asks for attention', async () => {
    results = [LONG];
    scheduler.start();
    await slice(1);
    await settled();
    expect(slices).toBe(1);
    attention.request(7);
    await slice(2);
  });

  test('sleeps until its timer', async () => {
    results = [1, 2, 3];
    scheduler.start();
    await slice(4);
  });

  test('sleeps until it is woken, and then only once', async () => {
    results = [LONG, LONG];
    scheduler.start();
    await slice(1);
    scheduler.wake();
    scheduler.wake();
    scheduler.wake();
    await slice(2);
    await settled();
    expect(slices).toBe(2);
  });

  test('that was woken is not run again by the sleep that was cut short', async () => {
    results = [LONG, LONG];
    scheduler.start();
    await slice(1);
    scheduler.wake();
    await slice(2);
    attention.takeAll();
    inSlice = () => attention.takeAll();
    attention.request(1);
    await slice(3);
    await settled();
    expect(slices).toBe(3);
  });

  test('does not sleep when it is woken from inside its slice', async () => {
    results = [LONG];
    inSlice = () => {
      if (slices === 1) scheduler.wake();
    };
    scheduler.start();
    await slice(2);
  });

  test('runs on at once when a device has asked before it sleeps', async () => {
    results = [LONG];
    inSlice = () => {
      if (slices === 1) attention.request(2);
    };
    scheduler.start();
    await slice(2);
  });

  test('leaves the page its turns also while a device asks for attention', async () => {
    attention.request(2); // and nobody looks: the guest is held
    let turns = 0;
    setTimeout(() => turns++, 0);
    results = { shift: () => (turns > 0 || slices > TOO_MANY ? undefined : 10) } as never;
    scheduler.start();
    while (scheduler.running) await new Promise((resolve) => setImmediate(resolve));
    expect(slices).toBeLessThan(TOO_MANY);
  });
});

test('waking a machine that does not run does nothing', async () => {
  scheduler.wake();
  await settled();
  expect(slices).toBe(0);
});

test('nothing runs after dispose', async () => {
  results = [0, 0, 0];
  inSlice = () => {
    if (slices === 1) scheduler.dispose();
  };
  scheduler.start();
  await slice(1);
  scheduler.wake();
  await settled();
  expect(slices).toBe(1);
});
