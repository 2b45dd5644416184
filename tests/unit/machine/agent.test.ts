import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildGuestProgram } from '../../../guest/build/index.ts';
import { guestDirectory } from '../../../guest/build/paths.ts';
import { Agent } from '../../../src/machine/agent/agent.ts';
import {
  encodeFrame,
  FrameReader,
  FrameType,
  greeting,
} from '../../../src/machine/agent/frames.ts';
import { GuestFiles } from '../../../src/machine/agent/guest-files.ts';

// Linux on x86-64 runs the guest's agent as it is; descriptor 3 is its port.
let program: string;
let child: ChildProcess;
let wire: Duplex;
let agent: Agent;
let folder: string;

beforeAll(async () => {
  program = await buildGuestProgram(join(guestDirectory, 'programs/agent/agent.c'));
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-agent-'));
  child = spawn(program, ['3'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  wire = child.stdio[3] as Duplex;
  const port = {
    output: Duplex.toWeb(wire).readable as ReadableStream<Uint8Array<ArrayBuffer>>,
    write: async (bytes: Uint8Array) => {
      wire.write(bytes);
    },
  };
  agent = new Agent(port, () => 'It has printed nothing.');
});

afterEach(async () => {
  child.kill('SIGKILL');
  await once(child, 'exit');
  rmSync(folder, { recursive: true });
});

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Runs a command that must succeed. */
async function output(command: string): Promise<string> {
  const result = await agent.run(command);
  expect([text(result.errors), result.status]).toEqual(['', 0]);
  return text(result.output);
}

test('gives output, errors and status apart, one command after the other', async () => {
  agent.greet();
  const [first, second, third] = await Promise.all([
    agent.run('sleep 0.1; echo one; echo two >&2; exit 7'),
    agent.run('read line; echo "$line and $(cat)"', { input: 'three\nfour' }),
    agent.run('kill -TERM $$'),
  ]);
  expect([text(first.output), text(first.errors), first.status]).toEqual(['one\n', 'two\n', 7]);
  expect([text(second.output), second.status]).toEqual(['three and four\n', 0]);
  expect(third.status).toBe(143);
});

test('carries any bytes in any amount, both ways at once', async () => {
  agent.greet();
  const noise = randomBytes(3_000_001);
  const { output, errors } = await agent.run('tee /dev/stderr', { input: noise });
  expect(noise.equals(output)).toBe(true);
  expect(noise.equals(errors)).toBe(true);
});

test('does not mind a command that reads no input, nor one that leaves others behind', async () => {
  agent.greet();
  const noise = randomBytes(500_000);
  expect((await agent.run('head -c 3 >&2', { input: noise })).errors).toHaveLength(3);
  expect((await agent.run('exec <&-; echo done', { input: noise })).status).toBe(0);
  // It holds the pipes, and writes for as long as it can.
  expect((await agent.run('yes & echo begun')).status).toBe(0);
  expect(await output('echo next')).toBe('next\n');
});

test('kills what takes too long, with all that it has started, and goes on', async () => {
  agent.greet();
  const mark = join(folder, 'mark');
  const slow = agent.run(`echo working; (sleep 1; touch ${mark}) & cat > /dev/null; sleep 100`, {
    timeout: 300,
    input: randomBytes(100_000),
  });
  const behind = agent.run('echo never', { timeout: 100 });
  await expect(behind).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/`echo never` could not begin within 100 ms: `echo working/),
  });
  await expect(slow).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('was killed. The last it printed:\nworking'),
  });
  expect(await output(`sleep 1.2; ls ${folder}`)).toBe('');
});

test('says that the guest has no agent that answers', async () => {
  await expect(agent.run('true', { timeout: 10 })).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining("The guest's agent has not answered within 10 ms"),
    remedy: expect.stringContaining('ringbox-agent'),
  });
  await expect(agent.run('x'.repeat(65536))).rejects.toMatchObject({ code: 'command-too-long' });
});

test('a guest that has ended fails what runs and what waits', async () => {
  agent.greet();
  await output('true');
  const calls = [agent.run('sleep 100'), agent.run('echo never')];
  const failed = calls.map((call) => expect(call).rejects.toMatchObject({ code: 'guest-ended' }));
  agent.guestEnded('The guest is off');
  await Promise.all(failed);
});

test('goes on with a host that knows nothing of what was before, and drops its bytes', async () => {
  agent.greet();
  expect(await output('echo old life')).toBe('old life\n');
  const running = agent.run('sleep 100');
  const failed = expect(running).rejects.toMatchObject({ code: 'guest-ended' });
  // Half a frame, and one of no type that there is.
  wire.write(encodeFrame(FrameType.input, 99, new Uint8Array(100)).subarray(0, 50));
  wire.write(encodeFrame(1234, 5, new Uint8Array(40_000)));
  agent.greet();
  await failed;
  expect(await output('echo new life')).toBe('new life\n');
});

test('files go in and come out as they are, and what cannot be is told', async () => {
  agent.greet();
  const files = new GuestFiles((command, options) => agent.run(command, options));
  const noise = randomBytes(100_000);
  const path = join(folder, "new folder/it's $HOME -x");
  await files.write(path, noise);
  expect(readFileSync(path).equals(noise)).toBe(true);
  expect(noise.equals(await files.read(path))).toBe(true);
  await files.write(path, new Blob(['gründlich']));
  expect(await files.readText(path)).toBe('gründlich');
  await expect(files.read(join(folder, 'missing'))).rejects.toMatchObject({
    code: 'guest-file',
    message: expect.stringMatching(/could not read .*missing: .*No such file/i),
  });
  await expect(files.write(folder, 'x')).rejects.toMatchObject({ code: 'guest-file' });
});

test('frames of a guest that lies cost no memory and break nothing', () => {
  const reader = new FrameReader();
  reader.await(7);
  const early = encodeFrame(FrameType.output, 1, Buffer.from('early'));
  expect([...reader.read(early)]).toEqual([]);
  const ready = greeting(7);
  new DataView(ready.buffer).setUint32(0, FrameType.ready, true);
  const frames = Array.from(ready, (byte) => [...reader.read(Uint8Array.of(byte))]).flat();
  expect(frames).toMatchObject([{ type: FrameType.ready, id: 7 }]);
  const whole = encodeFrame(FrameType.status, 3, Uint8Array.of(9, 0, 0, 0));
  expect([...reader.read(whole.subarray(0, 13))]).toEqual([]);
  expect([...reader.read(whole.subarray(13))]).toMatchObject([{ id: 3 }]);
  const endless = encodeFrame(FrameType.output, 3);
  new DataView(endless.buffer).setUint32(8, 0xffffffff, true);
  expect([...reader.read(endless)]).toEqual([]);
  expect([...reader.read(whole)]).toMatchObject([{ id: 3 }]);
});
