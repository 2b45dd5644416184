import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { devices, loadDevice } from '../../../src/devices/catalogue.ts';
import { DeviceRuntime } from '../../../src/devices/runtime.ts';
import { DeviceService } from '../../../src/devices/service.ts';
import { ByteRing } from '../../../src/link/byte-ring.ts';
import { Attention, ControlBlock, Word } from '../../../src/link/control-block.ts';
import { expectBytes, pattern } from './block/disk.ts';

const RAM_SIZE = 1024 * 1024;

function sharedParts() {
  return {
    ram: new SharedArrayBuffer(RAM_SIZE + 8192),
    ramOffset: 4096,
    ramSize: RAM_SIZE,
    attention: new SharedArrayBuffer(Attention.byteLength),
    index: 3,
  };
}

describe('set-up', () => {
  test('every kind of the catalogue makes a device whose control block fits it', async () => {
    const options = {
      block: { image: new Blob([pattern(4096)]) },
      console: { ports: [port('console'), port('one')] },
      rng: undefined,
    };
    expect(Object.keys(devices).sort()).toEqual(Object.keys(options).sort());
    for (const kind of ['block', 'console', 'rng'] as const) {
      const { description, control } = await new DeviceService(loadDevice).setUp(
        kind,
        options[kind],
        sharedParts(),
      );
      expect(structuredClone(description)).toEqual(description);
      expect(control.byteLength).toBe(ControlBlock.byteLength(description.queueSizes.length));
      const { configuration } = new ControlBlock(control, description.queueSizes.length);
      const filled = configuration.some((byte) => byte !== 0);
      expect(filled).toBe(description.configurationLength > 0);
    }
  });

  test('each call is counted as heard at once, and tracked until it has settled', async () => {
    const mailHeard = vi.spyOn(DeviceRuntime.prototype, 'mailHeard');
    const track = vi.spyOn(DeviceRuntime.prototype, 'track');
    const service = new DeviceService(loadDevice);
    await service.setUp('block', { image: new Blob([pattern(512)]) }, sharedParts());
    const result = service.call('size', []);
    expect(mailHeard).toHaveBeenCalledTimes(1);
    await expect(track.mock.lastCall?.[0]).resolves.toBe(512);
    expect(await result).toBe(512);
    vi.restoreAllMocks();
  });

  test('nothing else can be called before it', async () => {
    const service = new DeviceService(loadDevice);
    await expect(service.serve()).rejects.toThrow(/not set up/);
    await expect(service.call('size', [])).rejects.toThrow(/not set up/);
  });
});

function port(name: string) {
  return {
    name,
    output: ByteRing.create(1024).buffer,
    input: ByteRing.create(1024).buffer,
  };
}

/** The page's side of a service in a thread of its own, which really sleeps. */
describe('in a worker', () => {
  let directory: string;
  let worker: Worker;
  let service: Comlink.Remote<DeviceService>;
  let control: ControlBlock;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ringbox-service-'));
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: join(import.meta.dirname, 'node-worker.ts'),
        outDir: directory,
        emptyOutDir: true,
        rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
      },
    });
  }, 60_000);

  afterAll(() => rm(directory, { recursive: true }));

  beforeEach(() => {
    worker = new Worker(join(directory, 'worker.mjs'));
    service = Comlink.wrap<DeviceService>(nodeEndpoint(worker));
  });

  afterEach(async () => {
    await worker.terminate();
  });

  async function setUpDisk(image: Blob | ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const options =
      image instanceof Blob ? { image } : Comlink.transfer({ image }, [image as never]);
    const setUp = await service.setUp('block', options, sharedParts());
    control = new ControlBlock(setUp.control, setUp.description.queueSizes.length);
  }

  /** As the page calls: see the class. */
  function call(command: string, ...args: unknown[]): Promise<unknown> {
    const result = service.call(command, args) as Promise<unknown>;
    heard();
    return result;
  }

  function heard(): void {
    Atomics.add(control.words, Word.mail, 1);
    control.signal();
  }

  const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

  test('a disk from a transferred stream answers commands while it serves and sleeps', async () => {
    const image = new Blob([pattern(70_144)]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
    await setUpDisk(image);
    void service.serve();
    for (let round = 0; round < 5; round++) {
      await sleep(round); // so that the worker sleeps deeper and deeper
      expect(await call('size')).toBe(70_144);
    }
    expectBytes((await call('read', 100, 5000)) as Uint8Array, pattern(70_144).slice(100, 5100));
    expect(await call('changes', 0, 10)).toEqual({ ranges: [], next: null });
  });

  test('many calls at once are all answered', async () => {
    await setUpDisk(new Blob([pattern(8192)]));
    void service.serve();
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => call('read', index, 1)),
    );
    const expected = pattern(8192).subarray(0, 100);
    for (const [index, bytes] of results.entries()) {
      expectBytes(bytes as Uint8Array, expected.slice(index, index + 1));
    }
  });

  test('a call that fails rejects, and the next is answered', async () => {
    await setUpDisk(new Blob([pattern(512)]));
    void service.serve();
    await expect(call('read', 0, 513)).rejects.toThrow(/513.*512 bytes/);
    await expect(call('format')).rejects.toThrow(/no command format/);
    await expect(call('toString')).rejects.toThrow(/no command/);
    expect(await call('size')).toBe(512);
  });

  test('what is wrong with an image arrives with its code as the name', async () => {
    const refusal = service.setUp('block', { image: new Blob(['x']), name: 'vdb' }, sharedParts());
    await expect(refusal).rejects.toMatchObject({ name: 'disk-size' });
    await expect(refusal).rejects.toThrow(/vdb has 1 bytes/);
  });

  test('a console hears the page resize it while it sleeps', async () => {
    const { control: buffer, description } = await service.setUp(
      'console',
      { ports: [port('console')] },
      sharedParts(),
    );
    control = new ControlBlock(buffer, description.queueSizes.length);
    void service.serve();
    await sleep(5);
    await call('resize', 132, 43);
    expect([...control.configuration.slice(0, 4)]).toEqual([132, 0, 43, 0]);
    expect(control.load(Word.configurationGeneration)).toBe(2);
  });

  test('serve ends well when it is told to', async () => {
    await setUpDisk(new Blob([pattern(512)]));
    const served = service.serve();
    await sleep(2);
    control.store(Word.end, 1);
    control.signal();
    await served;
  });
});
