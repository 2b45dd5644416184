import { beforeEach, expect, test } from 'vitest';
import { Transcript } from '../../../src/machine/transcript.ts';

let transcript: Transcript;
let read: boolean;
let drained: () => Promise<void>;

beforeEach(() => {
  read = false;
  drained = async () => {};
  const pull = () => {
    read = true;
  };
  const output = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  transcript = new Transcript('the console', { output, drained: () => drained() });
});

function print(text: string): void {
  transcript.add(new TextEncoder().encode(text));
}

test('knows nothing until it is watched, and reads by itself then', async () => {
  print('early ');
  expect(read).toBe(false);
  transcript.watch();
  print('late');
  expect(transcript.text).toBe('late');
  await Promise.resolve();
  expect(read).toBe(true);
});

test('a match may come in pieces, counts once, and gives what was before it', async () => {
  const login = transcript.waitFor(/log(in): $/);
  print('boot\nlo');
  print('gin: ');
  const match = await login;
  expect([match[1], match.input.slice(0, match.index)]).toEqual(['in', 'boot\n']);
  const again = transcript.waitFor(/log(in): $/g);
  print('x$(y)\nlogin: ');
  await again;
  print('a $(b) c');
  expect((await transcript.waitFor('$(b)')).input).toBe('a $(b) c');
});

test('a character may come in pieces', async () => {
  const match = transcript.waitFor('ü');
  transcript.add(Uint8Array.of(0xc3));
  transcript.add(Uint8Array.of(0xbc));
  await match;
});

test('a wait that takes too long tells what was printed last', async () => {
  const wait = transcript.waitFor(/login:/, { timeout: 10 });
  print(`${'x'.repeat(2000)}\r\nWaiting for the root device\r\n`);
  await expect(wait).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(
      /^Within 10 ms the console has not printed \/login:\/\. The last it printed:\nx+\nWaiting for the root device$/,
    ),
    remedy: expect.stringContaining('`timeout`'),
  });
  expect((await wait.catch((error) => error.message)).length).toBeLessThan(1200);
  await expect(transcript.waitFor('x', { timeout: 0 })).resolves.toBeDefined();
});

test('the end of the guest fails waits, once its last words were read', async () => {
  let release = () => {};
  drained = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const lastWords = transcript.waitFor('goodbye');
  const never = transcript.waitFor('more');
  transcript.guestEnded('The guest is off');
  print('goodbye');
  await lastWords;
  release();
  await expect(never).rejects.toMatchObject({
    code: 'guest-ended',
    message:
      'The guest is off, and the console has not printed "more". The last it printed:\ngoodbye',
  });
  const late = transcript.waitFor('more');
  release();
  await expect(late).rejects.toMatchObject({ code: 'guest-ended' });
  transcript.guestEnded(null);
  const again = transcript.waitFor('more');
  print('more');
  await again;
});

test('of a flood only the end is kept', async () => {
  transcript.watch();
  for (let piece = 0; piece < 10; piece++) print(`${piece}`.repeat(64 * 1024));
  expect(transcript.text.length).toBe(256 * 1024);
  expect(transcript.text.startsWith('6')).toBe(true);
  expect((await transcript.waitFor('7')).index).toBe(64 * 1024);
});
