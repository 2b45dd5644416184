import { expect, it } from 'vitest';
import type { Disk } from '../../../../src/machine/index.ts';
import { GuestNames } from '../../../../src/page/disks/guest-names.ts';

const disk = () => ({}) as Disk;

it('keeps the name of a disk while others come and go', () => {
  const names = new GuestNames();
  const [root, first, second, third] = [disk(), disk(), disk(), disk()];
  expect(names.of([root, first, second])).toEqual(['vda', 'vdb', 'vdc']);
  expect(names.of([root, second])).toEqual(['vda', 'vdc']);
  expect(names.of([root, second, third])).toEqual(['vda', 'vdc', 'vdb']);
  expect(names.of([root, second, third, first])).toEqual(['vda', 'vdc', 'vdb', 'vdd']);
});

it('begins anew with the disks of another machine', () => {
  const names = new GuestNames();
  names.of([disk(), disk()]);
  expect(names.of([disk()])).toEqual(['vda']);
});
