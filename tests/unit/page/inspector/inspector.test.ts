import { describe, expect, it } from 'vitest';
import type { QueueSnapshot } from '../../../../src/machine/index.ts';
import {
  counted,
  formatAddress,
  formatFlags,
  formatMicroseconds,
} from '../../../../src/page/inspector/format.ts';
import { Pace } from '../../../../src/page/inspector/frames.ts';
import { GLOSSARY, sectionTitle } from '../../../../src/page/inspector/glossary.ts';
import { miniStates } from '../../../../src/page/inspector/mini-ring.ts';
import { fakeQueue } from './fake-queue.ts';

describe('the glossary', () => {
  it('names a section of the specification, with its title and its words, for what is not ours', () => {
    for (const { name, meaning, clause } of Object.values(GLOSSARY)) {
      expect(meaning, name).toMatch(/\.$/);
      if (clause === null) continue;
      expect(sectionTitle(clause.section), `${name}: ${clause.section}`).not.toBe('');
      expect(clause.text, name).not.toBe('');
    }
  });
});

describe('numbers', () => {
  it('are written for people', () => {
    expect([counted(1, 'byte'), counted(4096, 'byte')]).toEqual(['1 byte', '4,096 bytes']);
    expect(formatAddress(0x12a000)).toBe('0x0012a000');
    expect([0, 3, 4, 9].map(formatFlags)).toEqual(['–', 'NEXT WRITE', 'INDIRECT', 'NEXT 0x0008']);
    const times = [0.854, 12.34, 999.6, 4560, 1_200_000, Number.NaN].map(formatMicroseconds);
    expect(times).toEqual(['0.85 µs', '12.3 µs', '1.00 ms', '4.56 ms', '1.20 s', '–']);
  });
});

describe('the small ring of a queue', () => {
  const LETTERS = { off: 'o', idle: '.', driver: 'A', device: 'W' };
  const segments = (queue: QueueSnapshot) =>
    miniStates(queue)
      .map((state) => LETTERS[state])
      .join('');

  it('is lit between what came back and what was made available, by whose turn it is', () => {
    expect(segments(fakeQueue({ size: 256, availableIndex: 9 }))).toBe('............');
    const busy = fakeQueue({ size: 256, availableIndex: 60, taken: 20, published: 0xfffa });
    expect(segments(busy), 'a segment is 21 entries').toBe('WAA........W');
  });

  it('is off where the driver uses no queue, and lit all round by a full one', () => {
    expect(segments({ ...fakeQueue(), enabled: false })).toBe('oooooooooooo');
    expect(segments({ ...fakeQueue(), fault: 'not in RAM' })).toBe('oooooooooooo');
    const full = fakeQueue({ size: 256, availableIndex: 257, taken: 1, published: 1 });
    expect(segments(full)).toBe('AAAAAAAAAAAA');
  });
});

describe('a pace', () => {
  it('is due at once, and then after its interval', () => {
    const pace = new Pace(100);
    expect([0, 50, 100, 150].map((time) => pace.isDue(time))).toEqual([true, false, true, false]);
    pace.hurry();
    expect(pace.isDue(151)).toBe(true);
  });
});
