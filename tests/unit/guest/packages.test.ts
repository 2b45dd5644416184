import { expect, test } from 'vitest';
import {
  imageRequirements,
  kernelRequirements,
  missingPackages,
  missingPackagesMessage,
} from '../../../guest/build/packages.ts';

test('nothing is missing where everything is provided', () => {
  expect(missingPackages(kernelRequirements, () => true)).toEqual([]);
});

test('a package is named once, whatever it provides', () => {
  expect(missingPackages(imageRequirements, () => false)).toEqual(['e2fsprogs']);
});

test('only what is not provided is named, by its package', () => {
  const has = (provides: string) => provides !== 'xz' && provides !== 'bison';
  expect(missingPackages(kernelRequirements, has)).toEqual(['bison', 'xz-utils']);
});

test('programs in sbin count although a user has no such folder in PATH', () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    expect(missingPackages([{ package: 'base-files', provides: 'sh' }])).toEqual([]);
  } finally {
    process.env.PATH = path;
  }
});

test('the message is one command that installs all of it', () => {
  expect(missingPackagesMessage(['bison', 'flex'], 'compile the guest kernel')).toBe(
    'To compile the guest kernel, packages are missing that only root can install. ' +
      'Run this, then try again:\n  sudo apt-get install --no-install-recommends bison flex',
  );
});
