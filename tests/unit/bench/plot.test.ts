import { expect, test } from 'vitest';
import { plotPage } from '../../bench/plot.ts';
import type { Report } from '../../bench/report.ts';

/** What one measurement of Ringbox and v86 has given. */
function report(hash: string, subject: string, ringbox: number[], v86: number[]): Report {
  const side = (name: 'ringbox' | 'v86', runs: number[]) => ({
    side: name,
    runs,
    problem: null,
    median: runs[0] ?? null,
    spread: 0,
    ratio: null,
    goal: null,
    limit: null,
    reached: null,
  });
  return {
    date: '2026-01-02T03:04:05.000Z',
    commit: { hash, subject, date: '2026-01-01T00:00:00Z', changed: false },
    machine: { processor: 'some', cores: 2, memoryMiB: 1, system: 'Linux' },
    versions: { node: '20', chromium: '1', v86: '1', qemu: null, guest: 'g' },
    quick: false,
    figures: [
      {
        name: 'reads',
        title: 'reads of a disk',
        unit: 'reads/s',
        better: 'more',
        sides: [side('ringbox', ringbox), side('v86', v86)],
      },
    ],
  };
}

test('the plot page has each measurement of a figure, with what was measured', () => {
  const page = plotPage([
    report('aaaaaaaaaa', 'First <step>', [300, 310], [100]),
    report('bbbbbbbbbb', 'Second', [400], []),
  ]);
  expect(page.match(/<svg/g)).toHaveLength(1);
  expect(page.match(/<circle/g)).toHaveLength(3);
  expect(page).toContain('>aaaaaaa</text>');
  expect(page).toContain('Ringbox: 300 310, 2026-01-02T03:04:05.000Z, First &#60;step&#62;');
  expect(page).not.toContain('NaN');
});

test('the plot page draws how the many values of the newest measurement lay', () => {
  const [older, newer] = [report('aaaaaaaaaa', 'First', [300], []), report('b', 'Second', [1], [])];
  older.figures[0].sides[0].histogram = { from: [0, 5, 10], counts: [1, 2, 3] };
  newer.figures[0].sides[0].histogram = { from: [0, 5, 10], counts: [0, 900, 100] };
  const page = plotPage([older, newer]);
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page.match(/<rect/g)).toHaveLength(2);
  expect(page).toContain('<title>5 to 10 reads/s: 900, 90.00 %</title>');
  expect(page).not.toContain('NaN');
});

test('the plot page says so when nothing was measured', () => {
  expect(plotPage([])).toContain('Nothing was measured yet.');
});
