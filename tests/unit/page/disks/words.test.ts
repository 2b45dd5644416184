import { describe, expect, it } from 'vitest';
import type { Disk } from '../../../../src/machine/index.ts';
import type { AttachedDisk, UnattachedDisk } from '../../../../src/page/disks/model.ts';
import {
  attachedTag,
  attachedTitle,
  deleteQuestion,
  detachQuestion,
  formatThroughput,
  freshQuestion,
  isUsable,
  keptNote,
  keptTag,
  promiseWords,
  storageWords,
} from '../../../../src/page/disks/words.ts';
import { ROOT_DISK, type RootPlan } from '../../../../src/page/plan.ts';

function attached(
  disk: Partial<Pick<Disk, 'kept' | 'name' | 'readOnly'>>,
  root: RootPlan | null = null,
): AttachedDisk {
  const whole = { name: 'a.img', kept: null, readOnly: false, ...disk } as unknown as Disk;
  return { disk: whole, guestName: 'vdb', root, isLate: false };
}

function kept(changes: Partial<UnattachedDisk> = {}): UnattachedDisk {
  const disk = { size: 2 ** 30, changed: null, imageVersion: '' };
  return { name: 'data', stored: 1_100_000, inUse: false, disk, base: 'none', ...changes };
}

describe('a disk of the machine', () => {
  const own: RootPlan = { kind: 'kept', name: ROOT_DISK };
  it.each([
    [attached({ name: 'a.img' }), 'a.img', 'not kept'],
    [attached({ name: 'a.img', readOnly: true }), 'a.img', 'read-only'],
    [attached({ kept: 'data' }), 'data', 'kept'],
    [attached({ kept: ROOT_DISK }, own), 'Ringbox’s own root disk', 'kept'],
    [attached({}, { kind: 'fresh' }), 'Ringbox’s own root disk', 'not kept'],
    [attached({ kept: 'copy' }, { kind: 'kept', name: 'copy' }), 'copy', 'kept'],
    [
      attached({ kept: 'of a while' }, { kind: 'look', name: ROOT_DISK }),
      'A look at “root disk”',
      'not kept',
    ],
  ])('%# has its title and says whether it is kept', (disk, title, tag) => {
    expect(attachedTitle(disk)).toBe(title);
    expect(attachedTag(disk)).toBe(tag);
  });

  it('loses what was changed when it is detached and not kept', () => {
    expect(detachQuestion(attached({})).message).toContain('not kept, and is lost');
    for (const disk of [{ kept: 'data' }, { readOnly: true }]) {
      expect(detachQuestion(attached(disk)).message).not.toContain('not kept');
    }
    expect(detachQuestion(attached({})).message).toContain('/sys/block/vdb/device');
  });
});

describe('a disk that is kept', () => {
  it('can be used unless somebody has it or it cannot be read', () => {
    expect(isUsable(kept())).toBe(true);
    expect(isUsable(kept({ base: 'root-image' }))).toBe(true);
    expect(isUsable(kept({ inUse: true }))).toBe(false);
    expect(isUsable(kept({ disk: null }))).toBe(false);
    expect(isUsable(kept({ base: 'missing' }))).toBe(false);
  });

  it('tells what stands in the way', () => {
    const disk = { size: 512, changed: 0, imageVersion: 'other.img' };
    expect(keptNote(kept())).toBe('');
    expect(keptNote(kept({ disk: null }))).toContain('no disk that can be read');
    expect(keptNote(kept({ disk: null, inUse: true }))).toContain('just now');
    expect(keptNote(kept({ disk, base: 'missing' }))).toMatch(/other\.img, which .* not have/);
    expect(keptNote(kept({ disk, base: 'root-image' }))).toContain('own root disk, other.img');
    expect(keptTag(kept({ inUse: true }))).toBe('in use elsewhere');
  });

  it('is deleted with all that is on it', () => {
    const { title, message } = deleteQuestion(kept());
    expect(title).toBe('Delete “data”?');
    expect(message).toContain('1.1 MB');
  });
});

it('names how much is lost with the changes to the root disk, if it is known', () => {
  expect(freshQuestion('1.2 MB').message).toMatch(/^All changes \(1\.2 MB\) to/);
  expect(freshQuestion('').message).toMatch(/^All changes to/);
});

it('has nothing to say of a throughput that nobody knows', () => {
  expect(formatThroughput(undefined)).toBe('–');
  expect(formatThroughput(1234.5)).toBe('1.2 kB/s');
  expect(formatThroughput(0.2)).toBe('0 B/s');
});

describe('the storage', () => {
  const full = { used: 1_500_000, quota: 10_000_000_000, persisted: true };
  it('is told as far as the browser does', () => {
    expect(storageWords(full)).toBe('1.5 MB of 10.0 GB that this browser allows.');
    expect(storageWords({ ...full, quota: null })).toBe('1.5 MB stored.');
    expect(storageWords({ ...full, used: null })).toContain('does not tell');
  });

  it.each([false, null])('warns where the promise is %s', (persisted) => {
    expect(promiseWords({ ...full, persisted })).toContain('may delete');
    expect(promiseWords(full)).toContain('has promised');
  });
});
