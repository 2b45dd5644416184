import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Artifact, findArtifact, provideArtifact } from '../../../guest/build/cache.ts';
import { takeLock } from '../../../guest/build/lock.ts';
import { makeSignal } from './signal.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ringbox-cache-test-'));
});

afterEach(() => {
  rmSync(cache, { recursive: true });
});

/** An artifact of one file; counts how often it was built. */
function artifact(text = 'content'): Artifact & { builds: number } {
  return {
    name: 'thing',
    key: 'key',
    builds: 0,
    async build(folder) {
      this.builds++;
      writeFileSync(join(folder, 'file'), text);
      return { version: '1' };
    },
  };
}

test('builds what is missing once and finds it afterwards', async () => {
  const thing = artifact();
  expect(findArtifact(thing, cache)).toBeUndefined();
  const folder = await provideArtifact(thing, cache);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
  expect(await provideArtifact(thing, cache)).toBe(folder);
  expect(findArtifact(thing, cache)).toBe(folder);
  expect(thing.builds).toBe(1);
});

test('the manifest says the facts, the sizes and the hashes', async () => {
  const folder = await provideArtifact(artifact('abc'), cache);
  expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toEqual({
    name: 'thing',
    key: 'key',
    facts: { version: '1' },
    files: {
      file: {
        size: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    },
  });
});

test('another key is another artifact', async () => {
  const first = await provideArtifact(artifact(), cache);
  const second = await provideArtifact({ ...artifact(), key: 'other' }, cache);
  expect(second).not.toBe(first);
});

test('a build that throws leaves nothing behind, and the next one starts anew', async () => {
  const broken: Artifact = {
    ...artifact(),
    async build(folder) {
      writeFileSync(join(folder, 'file'), 'half');
      throw new Error('no compiler');
    },
  };
  await expect(provideArtifact(broken, cache)).rejects.toThrow('no compiler');
  expect(findArtifact(broken, cache)).toBeUndefined();
  expect(readdirSync(cache).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  const thing = artifact();
  await provideArtifact(thing, cache);
  expect(thing.builds).toBe(1);
});

test('while it is built, nobody finds it', async () => {
  let found: string | undefined = 'not asked';
  const thing = artifact();
  await provideArtifact(
    {
      ...thing,
      async build(folder) {
        writeFileSync(join(folder, 'file'), 'content');
        found = findArtifact(thing, cache);
        return {};
      },
    },
    cache,
  );
  expect(found).toBeUndefined();
});

test('what a killed builder left is not taken, and is cleared away', async () => {
  const left = join(cache, 'building-thing-killed');
  mkdirSync(left);
  writeFileSync(join(left, 'file'), 'half');
  const thing = artifact();
  await provideArtifact(thing, cache);
  expect(thing.builds).toBe(1);
  expect(existsSync(left)).toBe(false);
});

test.each(['file', 'manifest.json'])('is built again when %s was cut short', async (name) => {
  const thing = artifact();
  const folder = await provideArtifact(thing, cache);
  truncateSync(join(folder, name), 2);
  expect(findArtifact(thing, cache)).toBeUndefined();
  await provideArtifact(thing, cache);
  expect(thing.builds).toBe(2);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
});

test('two that ask at once build once; the other one says that it waits', async () => {
  const messages: string[] = [];
  const said = makeSignal();
  const say = (message: string) => {
    messages.push(message);
    said.give();
  };
  const thing = artifact();
  const slow: Artifact = {
    ...thing,
    async build(folder) {
      await said.given; // goes on only when the other one waits
      return thing.build(folder);
    },
  };
  const folders = await Promise.all([
    provideArtifact(slow, cache, say),
    provideArtifact(slow, cache, say),
  ]);
  expect(folders[0]).toBe(folders[1]);
  expect(thing.builds).toBe(1);
  expect(messages).toEqual(['Waiting for another ringbox that is building the thing ...']);
});

test('a lock is waited for, and had when its owner lets go', async () => {
  const file = join(cache, 'some.lock');
  const first = await takeLock(file, () => expect.unreachable('nobody holds it'));
  const waiting = makeSignal();
  let owner = 'first';
  const second = takeLock(file, waiting.give).then((lock) => {
    expect(owner).toBe('nobody');
    return lock;
  });
  await waiting.given;
  owner = 'nobody';
  await first.release();
  await (await second).release();
});
