import { expect, test } from 'vitest';
import { reportOf } from '../../flakes/report.ts';

test('the report of boots and restores has counts, times and every failure', () => {
  const lines = reportOf({
    rounds: 4,
    boots: [1000, 1200, 1100, 3000],
    restores: [50.4, 60, 70],
    failures: [{ round: 3, message: 'the guest was silent' }],
  }).split('\n');
  expect(lines[0]).toMatch(/^4 rounds on \d+ processors \(.*\): 1 failed$/);
  expect(lines[2]).toMatch(/^boots +4 +1150 ms +3000 ms +3000 ms$/);
  expect(lines[3]).toMatch(/^restores +3 +60 ms +70 ms +70 ms$/);
  expect(lines.slice(4)).toEqual(['', 'Round 3: the guest was silent', '']);
  const none = reportOf({ rounds: 1, boots: [], restores: [], failures: [] });
  expect(none).toMatch(/^boots +0$/m);
});
