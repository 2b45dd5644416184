import { expect, it } from 'vitest';
import { writeProblem } from '../../../src/cli/disk/problems.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { FaultFile } from '../../support/fault-file.ts';

it('a full disk is called so, also below a store', () => {
  const file = new FaultFile();
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  file.truncate = (size) => {
    if (size > 0) throw full;
  };
  let wrapped: unknown;
  try {
    Store.create(file, 2 ** 20, '');
  } catch (error) {
    wrapped = error;
  }
  for (const error of [full, wrapped]) {
    const message = 'a: there is no room left for it; make some';
    expect(writeProblem('a', error)).toMatchObject({ exitCode: 1, message });
  }
});
