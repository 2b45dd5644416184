import { expect, it, vi } from 'vitest';
import { StickyModifiers } from '../../../../src/page/keys/sticky-modifiers.ts';

it('holds Ctrl for one key, whatever types it', () => {
  const onChange = vi.fn();
  const modifiers = new StickyModifiers(onChange);
  expect(modifiers.apply('c')).toBe('c');
  modifiers.toggle('control');
  expect(onChange).toHaveBeenLastCalledWith({ control: true, alt: false });
  expect(modifiers.apply('c')).toBe('\x03');
  expect(onChange).toHaveBeenLastCalledWith({ control: false, alt: false });
  expect(modifiers.apply('c')).toBe('c');
  expect(onChange).toHaveBeenCalledTimes(2);
});

it('lets it go when it is pressed again', () => {
  const modifiers = new StickyModifiers(() => {});
  modifiers.toggle('control');
  modifiers.toggle('alt');
  modifiers.toggle('control');
  expect(modifiers.take()).toEqual({ control: false, alt: true });
  expect(modifiers.held).toEqual({ control: false, alt: false });
});

it('is not spent by what is no key, and does nothing to words', () => {
  const modifiers = new StickyModifiers(() => {});
  modifiers.toggle('control');
  expect(modifiers.apply('\x1b[?1;2c')).toBe('\x1b[?1;2c');
  expect(modifiers.held.control).toBe(true);
  expect(modifiers.apply('cat')).toBe('cat');
  expect(modifiers.held.control).toBe(false);
});
