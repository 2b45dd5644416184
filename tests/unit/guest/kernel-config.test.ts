import { expect, test } from 'vitest';
import { unmetOptions } from '../../../guest/build/kernel.ts';

const fragment = ['CONFIG_PCI=y', '# CONFIG_SMP is not set', 'CONFIG_NR=1'].join('\n');

test('a configuration that keeps every line is accepted', () => {
  const config = 'CONFIG_NR=1\nCONFIG_PCI=y\n# CONFIG_SMP is not set\nCONFIG_MORE=y\n';
  expect(unmetOptions(fragment, config)).toEqual([]);
});

test('an option that must be off may be missing altogether', () => {
  expect(unmetOptions(fragment, 'CONFIG_NR=1\nCONFIG_PCI=y\n')).toEqual([]);
});

test('lines that were dropped, changed or turned on are named', () => {
  const config = '# CONFIG_PCI is not set\nCONFIG_SMP=y\nCONFIG_NR=10\n';
  expect(unmetOptions(fragment, config)).toEqual(fragment.split('\n'));
});
