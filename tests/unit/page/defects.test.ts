import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchForDefects } from '../../../src/page/defects.ts';

let page: EventTarget;
const told: unknown[] = [];

beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  told.length = 0;
  watchForDefects((reason) => told.push(reason));
});

afterEach(() => vi.unstubAllGlobals());

const happen = (type: string, properties: object) =>
  page.dispatchEvent(Object.assign(new Event(type), properties));

it('tells of what was thrown and of promises that nobody hears', () => {
  const error = new Error('thrown in a listener');
  happen('error', { error });
  happen('unhandledrejection', { reason: 'a reason that is no error' });
  expect(told).toEqual([error, 'a reason that is no error']);
});

it("leaves the browser's own words and what somebody has ended", () => {
  happen('error', { error: null, message: 'ResizeObserver loop completed' });
  happen('unhandledrejection', { reason: AbortSignal.abort().reason });
  expect(told).toEqual([]);
});
