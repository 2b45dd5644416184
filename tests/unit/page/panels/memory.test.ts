import { describe, expect, it } from 'vitest';
import type { PanelShape } from '../../../../src/page/panels/arrangement.ts';
import { PanelMemory } from '../../../../src/page/panels/memory.ts';

const SHAPES: readonly PanelShape[] = [
  { id: 'lessons', places: ['start'], width: 20, height: 20 },
  { id: 'disks', places: ['end', 'below'], width: 25, height: 22 },
];

/** As it was made. */
const UNTOUCHED = { shape: SHAPES[1], place: 'end', moved: false, width: 25, height: 22 };

const openIds = (memory: PanelMemory) => memory.open.map(({ shape }) => shape.id);

/** As it comes back from the browser's storage. */
function again(memory: PanelMemory): PanelMemory {
  return new PanelMemory(SHAPES, JSON.parse(JSON.stringify(memory)));
}

describe('PanelMemory', () => {
  it('begins with nothing open, and everything as it was made', () => {
    const memory = new PanelMemory(SHAPES, undefined);
    expect(memory.open).toEqual([]);
    expect(memory.of('disks')).toEqual(UNTOUCHED);
  });

  it('remembers what is open, in order, and where and how large it is', () => {
    const memory = new PanelMemory(SHAPES, undefined);
    memory.show('lessons');
    memory.show('disks');
    memory.show('lessons');
    memory.wish('disks', { place: 'below', height: 30.5 });
    const after = again(memory);
    expect(openIds(after)).toEqual(['disks', 'lessons']);
    expect(after.of('disks')).toMatchObject({
      place: 'below',
      moved: true,
      width: 25,
      height: 30.5,
    });
    after.hide('disks');
    after.wish('disks', { height: undefined });
    expect(openIds(again(after))).toEqual(['lessons']);
    expect(again(after).of('disks')).toMatchObject({ place: 'below', height: 22 });
  });

  it.each([
    ['nothing', null],
    ['something else', 'open'],
    ['a number', 7],
    ['a list', ['disks']],
    ['what is no list', { open: 'disks', wishes: 3 }],
    ['panels that there are not', { open: ['gone', 3, null, {}], wishes: { gone: { width: 3 } } }],
    ['wrong measures', { wishes: { disks: { width: '30', height: -1, place: 'start' } } }],
    ['infinite ones', { wishes: { disks: { width: Number.NaN, height: Infinity, place: 1 } } }],
    ['names of what every object has', { open: ['constructor'], wishes: { toString: {} } }],
  ])('forgets %s', (_, remembered) => {
    const memory = new PanelMemory(SHAPES, remembered);
    expect(memory.open).toEqual([]);
    expect(memory.of('disks')).toEqual(UNTOUCHED);
  });

  it('keeps what makes sense beside what does not', () => {
    const record = {
      open: ['disks', 'gone', 'disks'],
      wishes: { disks: { width: 30, height: 'x' } },
    };
    const memory = new PanelMemory(SHAPES, record);
    expect(openIds(memory)).toEqual(['disks']);
    expect(memory.of('disks')).toMatchObject({ width: 30, height: 22 });
  });
});
