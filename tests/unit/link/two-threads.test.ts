import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Attention, ControlBlock, QueueWord, Word } from '../../../src/link/control-block.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { QueueNotifications } from '../../../src/ring/notifications.ts';
import { bundle } from '../../support/bundle.ts';
import { Driver, layoutAt, layoutLength } from '../../support/driver.ts';
import { Noise } from '../../support/noise.ts';

/**
 * The runtime in a worker of its own, and this thread as the CPU thread. What the other tests
 * play step by step happens here at the same time: lost wake-ups and lost words would hang it.
 */

const RAM = 1024 * 1024;
const QUEUES = 2;
const QUEUE_SIZE = 16;
const BUFFER = 256;
const DEVICE = 3;
/** Longer than any honest answer takes on a busy machine, in milliseconds. */
const PATIENCE = 10_000;

let code: URL;
let worker: Worker;
let failure: Error | null;
let control: ControlBlock;
let attention: Attention;
let memory: GuestMemory;
let drivers: Driver[];

beforeEach(async () => {
  code ??= await bundle(new URL('../../support/runtime-worker.ts', import.meta.url));
  const ram = new SharedArrayBuffer(RAM);
  const block = new SharedArrayBuffer(ControlBlock.byteLength(QUEUES));
  const word = new SharedArrayBuffer(Attention.byteLength);
  memory = new GuestMemory(ram, 0, RAM);
  control = new ControlBlock(block, QUEUES);
  attention = new Attention(word);
  failure = null;
  worker = new Worker(code, {
    workerData: { ram, control: block, attention: word, queues: QUEUES },
  });
  worker.on('error', (error) => {
    failure = error as Error;
  });
  await new Promise((resolve) => worker.once('online', resolve));
});

afterEach(async () => {
  await worker.terminate();
});

/** Blocks until `done`, serving sync points all the while. */
function until(done: () => boolean, what: string): void {
  const end = performance.now() + PATIENCE;
  while (!done()) {
    if (attention.peek() === 0) Atomics.wait(attention.words, 0, 0, 1);
    syncPoint();
    if (performance.now() > end) throw new Error(`${what}: ${failure ?? 'no answer'}`);
  }
}

function syncPoint(): void {
  if (((attention.takeAll() >>> DEVICE) & 1) === 0) return;
  const request = control.load(Word.syncRequest);
  if (request === control.load(Word.syncDone)) return;
  control.store(Word.syncDone, request);
  control.signal();
}

function start(): void {
  drivers = [];
  for (let queue = 0; queue < QUEUES; queue++) {
    const layout = layoutAt(4096 * (queue + 1), QUEUE_SIZE);
    if (layoutLength(QUEUE_SIZE) > 4096) throw new Error('the queues overlap');
    drivers.push(new Driver(memory, layout));
    const base = control.queueBase(queue);
    control.store(base + QueueWord.doorbell, 0);
    control.store(base + QueueWord.queueSize, layout.queueSize);
    control.store(base + QueueWord.descriptorTable, layout.descriptorTable);
    control.store(base + QueueWord.availableRing, layout.availableRing);
    control.store(base + QueueWord.usedRing, layout.usedRing);
    control.store(base + QueueWord.enabled, 1);
    Atomics.add(control.words, base + QueueWord.configureRequest, 1);
  }
  control.store(Word.driverOk, 1);
  control.signal();
}

function reset(): void {
  control.store(Word.driverOk, 0);
  Atomics.add(control.words, Word.resetRequest, 1);
  control.signal();
  const done = () => control.load(Word.resetDone) === control.load(Word.resetRequest);
  until(done, 'a reset');
}

function ring(queue: number): void {
  const notifications = new QueueNotifications(memory, drivers[queue].layout, false);
  const base = control.queueBase(queue);
  control.store(base + QueueWord.doorbell, notifications.availableIndex());
  control.store(Word.busy, 1);
  control.signal();
}

/** Spins for so many microseconds: long enough, at times, for the worker to fall asleep. */
function dawdle(microseconds: number): void {
  const end = performance.now() + microseconds / 1000;
  while (performance.now() < end);
}

/**
 * Sends `requests` over both queues in batches of any size, and checks each answer when the used
 * index shows it.
 */
function converse(requests: number, noise: Noise): void {
  const slots = new Map<string, { slot: number; value: number }>();
  const free = Array.from({ length: QUEUES * QUEUE_SIZE }, (_, slot) => slot);
  const question = (slot: number) => 0x10000 + slot * 2 * BUFFER;
  let sent = 0;
  let answered = 0;
  const collect = () => {
    for (const [queue, driver] of drivers.entries()) {
      for (const { id, len } of driver.collectUsed()) {
        const { slot, value } = slots.get(`${queue} ${id}`)!;
        const answer = question(slot) + BUFFER;
        if (len !== BUFFER) throw new Error(`${len} bytes`);
        for (let at = 0; at < BUFFER; at += 4) {
          const expected = (value + at) >>> 0;
          if (memory.read32(answer + at) !== expected) throw new Error(`answer ${answered}`);
        }
        free.push(slot);
        answered++;
      }
    }
  };
  while (answered < requests) {
    const queue = noise.next() % QUEUES;
    const driver = drivers[queue];
    const batch = Math.min(1 + (noise.next() % 4), driver.freeDescriptors >> 1, requests - sent);
    for (let request = 0; request < batch && free.length > 0; request++) {
      const slot = free.pop()!;
      const value = noise.next();
      for (let at = 0; at < BUFFER; at += 4) memory.write32(question(slot) + at, value + at);
      memory.fill(question(slot) + BUFFER, 0, BUFFER);
      const head = driver.add(
        [{ address: question(slot), length: BUFFER }],
        [{ address: question(slot) + BUFFER, length: BUFFER }],
      );
      slots.set(`${queue} ${head}`, { slot, value });
      sent++;
    }
    if (batch > 0) ring(queue);
    if (noise.next() % 8 === 0) dawdle(noise.next() % 400);
    const before = answered;
    until(() => {
      collect();
      return answered > before || (sent < requests && drivers.some((d) => d.freeDescriptors > 1));
    }, `request ${answered} of ${requests}`);
  }
}

test('thousands of requests over two queues: each is answered, none hangs', () => {
  start();
  converse(20_000, new Noise(7));
  expect(control.load(Word.completed)).toBe(20_000);
  expect(failure).toBeNull();
}, 60_000);

test('resets amid requests, hundreds of lives: each is acknowledged and serves again', () => {
  const noise = new Noise(11);
  for (let life = 0; life < 200; life++) {
    start();
    converse(1 + (noise.next() % 20), noise);
    // Left under way when the reset comes.
    const requests = noise.next() % 8;
    for (let request = 0; request < requests; request++) {
      drivers[request % QUEUES].add([{ address: 0x80000, length: 64 }]);
      ring(request % QUEUES);
    }
    dawdle(noise.next() % 100);
    reset();
    const seen = drivers.map((driver) => driver.usedIndex);
    dawdle(50);
    syncPoint();
    expect(drivers.map((driver) => driver.usedIndex)).toEqual(seen);
  }
  expect(failure).toBeNull();
}, 60_000);

test('a worker asleep hears a message, a pause and its end', async () => {
  start();
  converse(10, new Noise(3));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const answer = new Promise((resolve) => worker.once('message', resolve));
  Atomics.add(control.words, Word.mail, 1);
  control.signal();
  worker.postMessage('hello');
  expect(await answer).toEqual({ answer: 'hello', taken: 10 });

  control.store(Word.pause, 1);
  control.signal();
  until(() => control.load(Word.paused) === 1, 'pause');
  drivers[0].add([{ address: 0x80000, length: 1 }]);
  ring(0);
  dawdle(2000);
  syncPoint();
  expect(drivers[0].usedIndex).toBe(drivers[0].collectedIndex);
  control.store(Word.pause, 0);
  control.signal();
  until(() => drivers[0].usedIndex !== drivers[0].collectedIndex, 'resume');
  expect(control.load(Word.paused)).toBe(0);

  const closed = new Promise((resolve) => worker.once('message', resolve));
  Atomics.add(control.words, Word.mail, 1);
  control.signal();
  worker.postMessage('close');
  expect(await closed).toBe('closed');
}, 30_000);
