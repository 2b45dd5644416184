import { describe, expect, test } from 'vitest';
import { figures } from '../../bench/figures/index.ts';
import { whatIsMissing, withMeasurement } from '../../bench/readme.ts';
import type { Report } from '../../bench/report.ts';
import type { SideResult } from '../../bench/runner.ts';
import { judge } from '../../bench/verdict.ts';

/** A run of all figures in which Ringbox is twice as good as whoever stands beside it, and QEMU is missing. */
function wholeReport(): Report {
  const verdicts = figures.map((figure) => {
    const five = (value: number): SideResult => ({ runs: Array(5).fill(value), problem: null });
    const own = figure.better === 'more' ? 2000 : 10;
    const theirs = figure.better === 'more' ? 1000 : 20;
    const none = { runs: [], problem: 'skipped' };
    const sides = Object.keys(figure.sides).map((side) => {
      return [side, side === 'qemu' ? none : five(side === 'ringbox' ? own : theirs)] as const;
    });
    return judge({ figure, sides: Object.fromEntries(sides) });
  });
  return {
    date: '2026-01-02T03:04:05.000Z',
    commit: { hash: 'abcdef0123', subject: 's', date: '2026-01-01T00:00:00Z', changed: true },
    machine: { processor: 'Some Processor', cores: 2, memoryMiB: 1, system: 'Linux' },
    versions: { node: '20.1', chromium: '150.0', v86: '0.5.462+g5f', qemu: null, guest: 'g' },
    quick: false,
    figures: verdicts,
  };
}

const README =
  '# Before\n\n<!-- npm run bench -- --readme -->\nold\n<!-- end of what it has written -->\n\n# After\n';

describe('the table of the README', () => {
  test('replaces the last one, and tells what was measured, when, on what', () => {
    const once = withMeasurement(README, wholeReport());
    expect(once).toMatch(/^# Before\n\n<!-- npm.*-->\n## How fast it is\n/);
    expect(once).toMatch(/\n<!-- end of what it has written -->\n\n# After\n$/);
    expect(once).not.toContain('old');
    expect(once).toContain(
      '| 4 KiB random read, write, one at a time, /s | 2,000 / 2,000 | 1,000 / 1,000 (2 / 2) | ' +
        '– / – (– / –) | 1.5 × v86: yes; 1.2 × QEMU: – |',
    );
    expect(once).toContain(
      '| 2,000 / 2,000 | 1,000 / 1,000 (2 / 2) | – / – (– / –) | 5 × v86: no;',
    );
    expect(once).toContain('| 10 / 10 / 10 / 10 |  | 20 / 20 / 20 / 20 (2 / 2 / 2 / 2) |');
    expect(once).toContain('| 10 / 10 | 20 (2) | – (–) | at most 3: no |');
    expect(once).toContain('2026-01-02, commit abcdef0 with changes; Some Processor, 2 cores;');
    expect(withMeasurement(once, wholeReport())).toBe(once);
  });

  test('a goal that some reach says which', () => {
    const report = wholeReport();
    const slow = report.figures.find(({ name }) => name === 'write-1m')!;
    const figure = figures.find(({ name }) => name === 'write-1m')!;
    const runs = (value: number) => ({ runs: Array(5).fill(value), problem: null });
    const sides = { ringbox: runs(3000), v86: runs(1000), qemu: runs(3000) };
    Object.assign(slow, judge({ figure, sides }));
    const text = withMeasurement(README, report);
    expect(text).toContain('| 2,000 / 3,000 | 1,000 / 1,000 (2 / 3) | – / 3,000 (– / 1) | ');
    expect(text).toContain('2.5 × v86: no / yes; 0.8 × QEMU: – / yes |');
  });

  test('takes no quick run, and none that leaves figures out or measures them less than 5 times', () => {
    expect(whatIsMissing(wholeReport())).toBeNull();
    const quick = { ...wholeReport(), quick: true };
    expect(whatIsMissing(quick)).toBe('it was a quick run');
    const partial = wholeReport();
    partial.figures = partial.figures.filter(({ name }) => name !== 'together');
    expect(whatIsMissing(partial)).toBe('together has fewer than 5 runs');
    const short = wholeReport();
    short.figures[0].sides[0].runs.pop();
    expect(() => withMeasurement(README, short)).toThrow('read-4k has fewer than 5 runs');
  });

  test('a README without the place for it is told', () => {
    expect(() => withMeasurement('# Nothing\n', wholeReport())).toThrow('lacks');
  });
});
