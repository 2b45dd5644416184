import { describe, expect, it } from 'vitest';
import { arrange, type OpenPanel, type Place } from '../../../../src/page/panels/arrangement.ts';

/** Of 1280 by 800 pixels, less the bar and the status line. */
const DESKTOP = { width: 80, height: 45, keys: 0, typing: false };
const TABLET = { width: 51, height: 69, keys: 0, typing: false };
const PHONE = { width: 24, height: 48, keys: 6, typing: false };
const PHONE_ON_ITS_SIDE = { width: 52, height: 20, keys: 3, typing: false };

function panel(id: string, place: Place, width = 25, height = 22): OpenPanel {
  return { shape: { id, places: [place], width, height }, place, moved: false, width, height };
}

const lessons = panel('lessons', 'start', 20);
const inspector = panel('inspector', 'end', 28);
const disks = panel('disks', 'end', 25);

describe('a wide page', () => {
  it('has lessons, terminal and inspector side by side', () => {
    expect(arrange([lessons, inspector], DESKTOP)).toMatchObject([
      { id: 'inspector', place: 'end', size: 28, most: 44, covers: false, free: true },
      { id: 'lessons', place: 'start', size: 20, most: 32, covers: false, free: true },
    ]);
  });

  it('has one panel in each place, the last', () => {
    expect(arrange([disks, lessons, inspector], DESKTOP).map(({ id }) => id)).toEqual([
      'inspector',
      'lessons',
    ]);
  });

  it('has one below as well, which leaves room for the terminal', () => {
    const below = panel('inspector', 'below', 28, 60);
    expect(arrange([lessons, below, disks], DESKTOP)).toMatchObject([
      { id: 'disks', place: 'end', size: 25 },
      { id: 'lessons', place: 'start', size: 20 },
      { id: 'inspector', place: 'below', size: 38, least: 8, most: 38 },
    ]);
  });

  it.each([60, 64, 80, 120])('of %i rem leaves the terminal 20, whatever is wanted', (width) => {
    const wide = [panel('lessons', 'start', 200), panel('inspector', 'end', 200)];
    const sizes = arrange(wide, { width, height: 45, keys: 0, typing: false }).map(
      ({ size }) => size,
    );
    expect(sizes[0] + sizes[1]).toBe(width - 20);
    expect(Math.min(...sizes)).toBe(16);
  });
});

describe('the terminal between two panels', () => {
  const wide: OpenPanel = {
    ...panel('inspector', 'end', 36, 26),
    shape: { id: 'inspector', places: ['end', 'below'], width: 36, height: 26 },
  };
  const placeOf = (open: OpenPanel[], room = DESKTOP) =>
    arrange(open, room).find(({ id }) => id === 'inspector')?.place;

  it('keeps 80 columns: the panel at its end goes below it', () => {
    expect(placeOf([lessons, wide])).toBe('below');
    expect(placeOf([wide, lessons])).toBe('below');
    expect(placeOf([wide])).toBe('end');
    expect(placeOf([lessons, wide], { ...DESKTOP, width: 98 })).toBe('end');
  });

  it('unless somebody has put it there, it can be nowhere else, or there is no height for it', () => {
    expect(placeOf([lessons, { ...wide, moved: true }])).toBe('end');
    expect(placeOf([lessons, panel('inspector', 'end', 36)])).toBe('end');
    expect(placeOf([lessons, wide], { ...DESKTOP, height: 39 })).toBe('end');
  });
});

describe('a narrower page', () => {
  it('has one panel, the last, below the terminal', () => {
    expect(arrange([inspector, lessons], TABLET)).toEqual([
      { id: 'lessons', place: 'below', size: 22, least: 8, most: 62, covers: false, free: false },
    ]);
    expect(arrange([disks], PHONE)).toMatchObject([{ id: 'disks', place: 'below', size: 22 }]);
  });

  it('has it beside the terminal where it is wider than high', () => {
    expect(arrange([disks], PHONE_ON_ITS_SIDE)).toMatchObject([{ place: 'end', size: 25 }]);
    expect(arrange([disks], { width: 40, height: 20, keys: 3, typing: false })).toMatchObject([
      { place: 'end', size: 20 },
    ]);
  });

  it('is covered by a panel where there is too little room for both', () => {
    const room = { width: 20, height: 20, keys: 6, typing: false };
    expect(arrange([disks], room)).toMatchObject([{ place: 'below', size: 20, covers: true }]);
    const more = { width: 20, height: 21, keys: 6, typing: false };
    expect(arrange([disks], more)).toMatchObject([{ place: 'below', size: 8, covers: false }]);
  });

  it('has no panel there while somebody types', () => {
    expect(arrange([disks], { width: 20, height: 20, keys: 6, typing: true })).toEqual([]);
    expect(arrange([disks], { width: 20, height: 21, keys: 6, typing: true })).toHaveLength(1);
  });

  it('shows nothing while nothing is open', () => {
    expect(arrange([], PHONE)).toEqual([]);
    expect(arrange([], DESKTOP)).toEqual([]);
  });
});
