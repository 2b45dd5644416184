import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Build, PAGE_MARK } from '../../../src/hosting/build.ts';
import { OfflineFiles } from '../../../src/hosting/offline-files.ts';
import { FakeCaches } from './fake-caches.ts';

const SCOPE = 'https://host.example/ring/box/';
const PAGE = `<meta ${PAGE_MARK}>`;

/** What is in the folder of the page. */
const BUILT: Record<string, string> = {
  'index.html': PAGE,
  'assets/device-abcdefgh.js': 'a worker',
  'guest/bzImage-0123456789abcdef': 'a kernel',
  'guest/manifest.json': '{}',
};

/** What the host answers, by path; a number is a status. */
let hosted: Record<string, string | number>;
let offline: boolean;
let caches: FakeCaches;
let fetched: string[];
let background: Promise<unknown>[];
let onForeignPage: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  hosted = { ...BUILT };
  offline = false;
  caches = new FakeCaches();
  fetched = [];
  background = [];
  onForeignPage = vi.fn<() => void>();
});

async function fetchFromHost(input: RequestInfo | URL): Promise<Response> {
  const address = input instanceof Request ? input.url : String(input);
  fetched.push(address);
  if (offline) throw new TypeError('Failed to fetch');
  const path = address.slice(SCOPE.length).replace(/[?#].*/, '') || 'index.html';
  const body = hosted[path] ?? 404;
  return typeof body === 'number' ? new Response('', { status: body }) : new Response(body);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function filesOf(version: string, built = BUILT): OfflineFiles {
  const files = Object.entries(built).map(([path, text]) => ({ path, sha256: sha256(text) }));
  const build: Build = { version, files };
  const surroundings = { fetch: fetchFromHost, caches: caches as unknown as CacheStorage };
  return new OfflineFiles(build, SCOPE, surroundings, onForeignPage);
}

/** A request as a page makes it; Node's own cannot be a navigation. */
function requestFor(path: string, parts: { mode?: string; destination?: string } = {}): Request {
  const request = new Request(SCOPE + path);
  for (const [name, value] of Object.entries(parts)) {
    Object.defineProperty(request, name, { value });
  }
  return request;
}

const visit = (path = '') => requestFor(path, { mode: 'navigate', destination: 'document' });

const answerOf = (files: OfflineFiles, request: Request) =>
  files.answer(request, (work) => background.push(work));

async function textOf(files: OfflineFiles, request: Request): Promise<string | undefined> {
  return (await answerOf(files, request))?.text();
}

describe('an answer', () => {
  it.each([
    ['the page', visit()],
    ['the page with parameters', visit('?disk=a.img')],
    ['the page by its name', visit('index.html')],
    ['a worker', requestFor('assets/device-abcdefgh.js', { destination: 'worker' })],
  ])('isolates: %s', async (_, request) => {
    const answer = await answerOf(filesOf('one'), request);
    expect(answer?.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(answer?.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it.each([
    [
      'a part of a file',
      new Request(`${SCOPE}guest/manifest.json`, { headers: { range: 'bytes=0-1' } }),
    ],
    ['a file that was not built', requestFor('disk.img')],
    ['a built file with parameters', requestFor('guest/manifest.json?newer')],
    ['another page below', visit('docs/')],
    ['a page beside', new Request('https://host.example/ring/')],
    ['another host', new Request('https://other.example/ring/box/index.html')],
    ['something sent', new Request(SCOPE, { method: 'POST' })],
  ])('is not ours to give: %s', (_, request) => {
    expect(answerOf(filesOf('one'), request)).toBeNull();
  });

  it('isolates workers of another build, and leaves its other files alone', async () => {
    hosted['assets/device-newerone.js'] = 'a newer worker';
    const worker = requestFor('assets/device-newerone.js', { destination: 'worker' });
    const answer = await answerOf(filesOf('one'), worker);
    expect(answer?.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(answerOf(filesOf('one'), requestFor('assets/index-newerone.js'))).toBeNull();
  });

  it('hands on what the host says of a missing file', async () => {
    hosted['assets/device-abcdefgh.js'] = 404;
    const answer = await answerOf(filesOf('one'), requestFor('assets/device-abcdefgh.js'));
    expect(answer?.status).toBe(404);
    await Promise.all(background);
    expect(caches.contents.get(`ringbox ${SCOPE} one`)?.size ?? 0).toBe(0);
  });
});

describe('a file that is named by its content', () => {
  const kernel = () => requestFor('guest/bzImage-0123456789abcdef');

  it('is kept when it passes, and not fetched again', async () => {
    const files = filesOf('one');
    expect(await textOf(files, kernel())).toBe('a kernel');
    await Promise.all(background);
    offline = true;
    expect(await textOf(files, kernel())).toBe('a kernel');
    expect(fetched).toHaveLength(1);
  });

  it('is not kept when it is not what was built', async () => {
    hosted['guest/bzImage-0123456789abcdef'] = 'half a ker';
    const files = filesOf('one');
    expect(await textOf(files, kernel())).toBe('half a ker');
    await Promise.all(background);
    hosted['guest/bzImage-0123456789abcdef'] = 'a kernel';
    expect(await textOf(files, kernel())).toBe('a kernel');
  });

  it('comes also when there is no room for it', async () => {
    caches.refusal = new DOMException('full', 'QuotaExceededError');
    expect(await textOf(filesOf('one'), kernel())).toBe('a kernel');
    await Promise.all(background);
  });

  it('carries the policy of the page, once it is kept: a worker has no other', async () => {
    const files = filesOf('one');
    await files.complete();
    const answer = await answerOf(files, requestFor('assets/device-abcdefgh.js'));
    expect(answer?.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('a file that keeps its name', () => {
  it('comes from the host as long as there is one', async () => {
    const files = filesOf('one');
    await files.complete();
    hosted['guest/manifest.json'] = '{"newer": true}';
    expect(await textOf(files, requestFor('guest/manifest.json'))).toBe('{"newer": true}');
  });

  it.each([
    [
      'cannot be reached',
      () => {
        offline = true;
      },
    ],
    [
      'fails',
      () => {
        hosted = { 'index.html': 503, 'guest/manifest.json': 404 };
      },
    ],
  ])('comes as it was kept when the host %s', async (_, fail) => {
    const files = filesOf('one');
    await files.complete();
    fail();
    expect(await textOf(files, visit('?keep=no'))).toBe(PAGE);
    expect(await textOf(files, requestFor('guest/manifest.json'))).toBe('{}');
  });

  it('comes as it was kept when the host is silent', async () => {
    const files = filesOf('one');
    await files.complete();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    expect(await textOf(files, visit())).toBe(PAGE);
    vi.restoreAllMocks();
  });

  it('fails with the host when nothing is kept', async () => {
    offline = true;
    await expect(answerOf(filesOf('one'), visit())).rejects.toThrow('Failed to fetch');
  });
});

it('a page that is not Ringbox’s is handed on as it is, and told of', async () => {
  hosted['index.html'] = '<title>Something else</title>';
  const answer = await answerOf(filesOf('one'), visit());
  expect(await answer?.text()).toContain('Something else');
  expect(answer?.headers.has('cross-origin-embedder-policy')).toBe(false);
  expect(onForeignPage).toHaveBeenCalledOnce();
});

describe('keeping everything', () => {
  it('fetches what is not kept yet, the page last, once', async () => {
    const files = filesOf('one');
    await textOf(files, requestFor('assets/device-abcdefgh.js'));
    await Promise.all(background);
    fetched = [];
    await Promise.all([files.complete(), files.complete()]);
    await files.complete();
    expect(fetched).toEqual([
      `${SCOPE}guest/bzImage-0123456789abcdef`,
      `${SCOPE}guest/manifest.json`,
      SCOPE,
    ]);
  });

  it('does not take what was not built, and goes on another time', async () => {
    const files = filesOf('one');
    hosted['guest/manifest.json'] = 'of an older upload';
    await expect(files.complete()).rejects.toThrow(`${SCOPE}guest/manifest.json is not there`);
    offline = true;
    await expect(answerOf(files, visit())).rejects.toThrow();
    offline = false;
    hosted['guest/manifest.json'] = '{}';
    fetched = [];
    await files.complete();
    expect(fetched).toEqual([`${SCOPE}guest/manifest.json`, SCOPE]);
  });

  it('takes over from an earlier build what is the same, and lets go of the rest', async () => {
    await filesOf('one').complete();
    const newer = { ...BUILT, 'guest/manifest.json': '{"newer": true}' };
    hosted = newer;
    fetched = [];
    const files = filesOf('two', newer);
    await files.complete();
    expect(fetched).toEqual([`${SCOPE}guest/manifest.json`]);
    caches.contents.set('ringbox https://host.example/another/ three', new Map());
    caches.contents.set('not ours', new Map());
    await files.forgetOtherBuilds();
    expect(await caches.keys()).toEqual([
      `ringbox ${SCOPE} two`,
      'ringbox https://host.example/another/ three',
      'not ours',
    ]);
    const late = textOf(files, requestFor('assets/device-abcdefgh.js'));
    await files.forget();
    await late;
    await Promise.all(background);
    expect(await caches.keys()).toHaveLength(2);
  });
});
