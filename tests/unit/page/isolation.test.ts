import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isolate } from '../../../src/page/isolation.ts';

/** A browser's surroundings of a page that is not isolated; tests change what they are about. */
let page: ReturnType<typeof surroundings>;

function surroundings() {
  const registration = { active: {} };
  const history = {
    state: null as unknown,
    replaceState: (state: unknown) => {
      history.state = state;
    },
  };
  return {
    crossOriginIsolated: false,
    isSecureContext: true,
    history,
    location: { reload: vi.fn() },
    document: { baseURI: 'https://host.example/ringbox/?memory=64' },
    navigator: {
      serviceWorker: {
        register: vi.fn(async (_address: URL): Promise<unknown> => registration),
        getRegistration: async () => undefined,
      } as object | undefined,
    },
    framed: false,
  };
}

beforeEach(() => {
  page = surroundings();
});

afterEach(() => vi.unstubAllGlobals());

function load(): Promise<boolean> {
  const { framed, ...globals } = page;
  const window: { top: unknown } = { top: null };
  if (!framed) window.top = window;
  for (const [name, value] of Object.entries({ ...globals, window })) vi.stubGlobal(name, value);
  return isolate();
}

describe('a page that is not isolated', () => {
  it('starts its service worker and loads itself once more, no oftener', async () => {
    expect(await load()).toBe(false);
    expect(page.location.reload).toHaveBeenCalledOnce();
    await expect(load()).rejects.toMatchObject({
      code: 'not-isolated',
      message: expect.stringContaining('has no effect'),
      remedy: expect.stringContaining('Cross-Origin-Opener-Policy: same-origin'),
    });
    expect(page.location.reload).toHaveBeenCalledOnce();
  });

  it('tries again when it is loaded by hand after that', async () => {
    await load();
    await load().catch(() => {});
    expect(await load()).toBe(false);
    expect(page.location.reload).toHaveBeenCalledTimes(2);
  });

  it('asks for the service worker beside it', async () => {
    await load();
    const { register } = page.navigator.serviceWorker as { register: ReturnType<typeof vi.fn> };
    expect(String(register.mock.calls[0][0])).toBe(
      'https://host.example/ringbox/service-worker.js',
    );
  });

  it.each([
    ['plain http', { isSecureContext: false }, 'plain http', 'https'],
    [
      'a browser without service workers',
      { navigator: { serviceWorker: undefined } },
      'no service worker',
      'ordinary window',
    ],
    ['a frame', { framed: true }, 'inside of another page', 'tab of its own'],
  ])('says what is wrong, and what to do: %s', async (_, changes, why, remedy) => {
    Object.assign(page, changes);
    await expect(load()).rejects.toMatchObject({
      code: 'not-isolated',
      message: expect.stringContaining(why),
      remedy: expect.stringContaining(remedy),
    });
    expect(page.location.reload).not.toHaveBeenCalled();
  });

  it('says why its service worker cannot start', async () => {
    const register = async () => {
      throw new TypeError('a 404 for its script');
    };
    page.navigator.serviceWorker = { register, getRegistration: async () => undefined };
    await expect(load()).rejects.toThrow('a 404 for its script');
  });
});

it.each([true, undefined])(
  'a page whose isolation is %s does nothing of that',
  async (isolated) => {
    Object.assign(page, { crossOriginIsolated: isolated });
    expect(await load()).toBe(true);
    expect(page.location.reload).not.toHaveBeenCalled();
  },
);
