import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostParts, hostRoutes } from '../../../src/cli/host-routes.ts';
import { HttpServer } from '../../../src/cli/http-server.ts';
import { OrderQueue } from '../../../src/cli/order-queue.ts';
import { Host } from '../../../src/headless/host.ts';
import { type Plan, paths, type Result } from '../../../src/headless/protocol.ts';

const plan: Plan = {
  software: { kernelName: 'kernel', commandLine: 'console=hvc0' },
  disks: [{ name: 'disk', size: 512, readOnly: false, save: true }],
  console: 'hvc0',
};

let folder: string;
let server: HttpServer;
let failures: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-transport-test-'));
  for (const name of ['kernel', 'disk']) writeFileSync(join(folder, name), `the ${name}`);
  failures = [];
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Starts the command line's side; the page's is a `Host`, which needs nothing but fetch. */
async function connect(parts: Partial<HostParts> = {}): Promise<Host> {
  const routes = hostRoutes({
    plan,
    software: { kernel: join(folder, 'kernel') },
    disks: [join(folder, 'disk')],
    input: new PassThrough(),
    output: new PassThrough(),
    errors: new PassThrough(),
    orders: new OrderQueue(),
    onChanges: async () => undefined,
    onStarted: () => undefined,
    onBroken: () => undefined,
    onSaved: () => undefined,
    onResult: () => undefined,
    onOutputClosed: () => undefined,
    ...parts,
  });
  server = await HttpServer.start(new Map(routes), (error) => failures.push(error));
  return new Host(server.address);
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

describe('HttpServer', () => {
  it('knows nobody who does not know the secret', async () => {
    await connect();
    const { origin } = new URL(server.address);
    const guess = `${origin}/${'0'.repeat(32)}/`;
    for (const base of [`${origin}/`, guess]) {
      expect((await fetch(base + paths.plan)).status).toBe(404);
    }
    expect((await fetch(server.address + paths.plan)).status).toBe(200);
  });

  it('isolates the page and lets it load from nowhere else', async () => {
    await connect();
    const { headers } = await fetch(server.address + paths.plan);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
  });

  it('listens to this machine only', async () => {
    await connect();
    expect(new URL(server.address).hostname).toBe('127.0.0.1');
  });
});

describe('hostRoutes', () => {
  it('gives the plan and the files', async () => {
    const host = await connect();
    expect(await host.plan()).toEqual(plan);
    expect(await (await host.file(paths.kernel, 'k')).text()).toBe('the kernel');
    expect(await textOf(host.stream(paths.disk(0)))).toBe('the disk');
    await expect(host.file(paths.initrd, 'i')).rejects.toThrow('404');
  });

  it('breaks off a file that cannot be read to its end', async () => {
    const host = await connect();
    rmSync(join(folder, 'disk'));
    await expect(textOf(host.stream(paths.disk(0)))).rejects.toThrow();
    expect(failures).toHaveLength(1);
  });

  it('passes input on as it comes, and its end', async () => {
    const input = new PassThrough();
    const reader = (await connect({ input })).stream(paths.input).getReader();
    for (const word of ['first', 'second']) {
      const read = reader.read();
      input.write(word);
      expect(Buffer.from((await read).value!).toString()).toBe(word);
    }
    input.end();
    expect((await reader.read()).done).toBe(true);
  });

  it('does not touch the input before the page wants it', async () => {
    const input = new PassThrough();
    input.write('early');
    const host = await connect({ input });
    await host.plan();
    expect(input.readableFlowing).toBe(null);
    expect(input.readableLength).toBe(5);
  });

  it('takes output in order and unharmed, and is slow when its reader is', async () => {
    const taken: Buffer[] = [];
    const waiting: (() => void)[] = [];
    const output = new Writable({
      highWaterMark: 1,
      write(bytes: Buffer, _, done) {
        taken.push(bytes);
        waiting.push(done);
        output.emit('taken');
      },
    });
    const host = await connect({ output });
    let arrived = false;
    const parts = [Uint8Array.of(0, 255, 10), Uint8Array.of(13, 128)];
    const sending = host.send(paths.output, parts).then(() => {
      arrived = true;
    });
    await once(output, 'taken');
    await host.plan(); // other requests go on meanwhile
    expect(arrived).toBe(false);
    for (const done of waiting) done();
    await sending;
    expect(Buffer.concat(taken)).toEqual(Buffer.of(0, 255, 10, 13, 128));
  });

  it('notices that nobody reads the output any more', async () => {
    const output = new Writable({ write: (_bytes, _encoding, done) => done(new Error('EPIPE')) });
    output.on('error', () => undefined);
    let closed = 0;
    const host = await connect({ output, onOutputClosed: () => closed++ });
    await host.send(paths.output, [Uint8Array.of(1)]);
    expect(closed).toBe(1);
    expect(failures).toEqual([]);
  });

  it('gives orders, early ones and late ones', async () => {
    const orders = new OrderQueue();
    orders.give({ kind: 'resize', columns: 100, rows: 30 });
    const given = (await connect({ orders })).orders();
    expect((await given.next()).value).toEqual({ kind: 'resize', columns: 100, rows: 30 });
    const late = given.next();
    orders.give({ kind: 'stop' });
    expect((await late).value).toEqual({ kind: 'stop' });
  });

  it('takes the changes of a disk, and reports what goes wrong with them', async () => {
    const changes: [number, string][] = [];
    const onChanges = async (disk: number, bytes: Uint8Array) => {
      if (bytes.length === 1) throw new Error('no space');
      changes.push([disk, Buffer.from(bytes).toString()]);
    };
    const host = await connect({ onChanges });
    await host.send(paths.changes(0), [new TextEncoder().encode('frame')]);
    expect(changes).toEqual([[0, 'frame']]);
    await expect(host.send(paths.changes(0), [Uint8Array.of(1)])).rejects.toThrow();
    expect(failures).toEqual([new Error('no space')]);
  });

  it('takes the notices and the result', async () => {
    const seen: unknown[] = [];
    const host = await connect({
      onStarted: () => seen.push('started'),
      onBroken: (failure) => seen.push(failure),
      onSaved: () => seen.push('saved'),
      onResult: (result) => seen.push(result),
    });
    const result: Result = { ending: { kind: 'status', status: 3 }, lastLine: 'ä' };
    const failure = { kind: 'failed', code: 'device-died', message: 'a', remedy: 'b' } as const;
    await host.started();
    await host.broken(failure);
    await host.saved();
    await host.finish(result);
    expect(seen).toEqual(['started', failure, 'saved', result]);
  });
});
