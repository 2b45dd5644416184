import { expect, it } from 'vitest';
import {
  formatTransfers,
  TRANSFER_LIMIT,
  totalTransfer,
  transferBeforePrompt,
} from '../../../src/hosting/transfer.ts';

const file = (path: string, content: Buffer) => ({ path, content });
const text = Buffer.alloc(100_000, 'the same again and again ');

it('counts what comes before the prompt, text as hosts compress it', () => {
  const transfers = transferBeforePrompt([
    file('guest/bzImage-0123456789abcdef', text),
    file('assets/index-abcdefgh.js', text),
    file('guest/seabios-0123456789abcdef.bin', text),
    file('assets/disk-work-abcdefgh.js', text),
    file('icons/icon-192.png', text),
  ]);
  expect(transfers.map(({ path }) => path)).toEqual([
    'guest/bzImage-0123456789abcdef',
    'assets/index-abcdefgh.js',
  ]);
  const [kernel, script] = transfers;
  expect(kernel).toMatchObject({ plain: 100_000, compressed: 100_000 });
  expect(script.plain).toBe(100_000);
  expect(script.compressed).toBeLessThan(1000);
  expect(totalTransfer(transfers)).toEqual({
    plain: 200_000,
    compressed: 100_000 + script.compressed,
  });
});

it('tells each file and the sum, and when that is too much', () => {
  const transfers = [
    { path: 'a.js', plain: 4000, compressed: 1234 },
    { path: 'b.bin', plain: 500, compressed: 500 },
  ];
  const told = formatTransfers(transfers);
  expect(told).toMatch(/a\.js +1\.2 +4\.0\n/);
  expect(told).toMatch(/in all +1\.7 +4\.5\n/);
  expect(told).not.toContain('more than');
  const much = [{ path: 'c', plain: TRANSFER_LIMIT + 1, compressed: TRANSFER_LIMIT + 1 }];
  expect(formatTransfers(much)).toContain('more than the 6000.0 kB');
});
