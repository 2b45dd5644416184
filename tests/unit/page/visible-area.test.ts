import { expect, it } from 'vitest';
import { pageArea } from '../../../src/page/visible-area.ts';

it('a page that is seen as a whole is as high as it was made', () => {
  expect(pageArea({ height: 844, offsetTop: 0, scale: 1 }, 844)).toBeNull();
});

it('a keyboard on the screen leaves the page what is above it', () => {
  expect(pageArea({ height: 508, offsetTop: 30, scale: 1 }, 844)).toEqual({
    height: 508,
    top: 30,
    keyboard: true,
  });
});

it('a browser’s own bar is no keyboard', () => {
  expect(pageArea({ height: 788, offsetTop: 0, scale: 1 }, 844)?.keyboard).toBe(false);
});

it('a page that is magnified stays as it is', () => {
  expect(pageArea({ height: 422, offsetTop: 100, scale: 2 }, 844)).toBeNull();
});
