import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDirectory } from '../../../../guest/build/paths.ts';
import { SNAPSHOT_VERSION } from '../../../../src/machine/snapshot/snapshot.ts';
import { shapesOf } from '../../../support/type-shape.ts';

/** What a snapshot of the version that it begins with holds. */
const RECORD = join(import.meta.dirname, 'shape.txt');

/** All that a snapshot holds; what a device tells of itself is `unknown` to the machine. */
const PARTS = [
  ['SnapshotInfo', 'machine/snapshot/snapshot.ts'],
  ['SavedMachine', 'machine/snapshot/machine-state.ts'],
  ['ConsoleState', 'devices/console/console.ts'],
  ['DiskState', 'devices/block/disk-state.ts'],
] as const;

const ADVICE = `What a snapshot holds is not what it was. Raise SNAPSHOT_VERSION in src/machine/snapshot/snapshot.ts, so that snapshots of before
are refused and not misread. Then write down what it holds now:
  RINGBOX_SHAPE=write npx vitest run tests/unit/machine/snapshot/shape.test.ts`;

test('what a snapshot holds is what its version says', () => {
  const source = (path: string) => join(projectDirectory, 'src', path);
  const files = PARTS.map(([name, path]): [string, string] => [name, source(path)]);
  const version = `SNAPSHOT_VERSION ${SNAPSHOT_VERSION}\n`;
  const shape = `${version}\n${shapesOf(source('library/tsconfig.json'), files)}`;
  const isOfBefore = !readFileSync(RECORD, 'utf8').startsWith(version);
  if (isOfBefore && process.env.RINGBOX_SHAPE === 'write') writeFileSync(RECORD, shape);
  expect(shape, ADVICE).toBe(readFileSync(RECORD, 'utf8'));
});
