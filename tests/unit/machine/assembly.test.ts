import { expect, test } from 'vitest';
import { checkRoom } from '../../../src/machine/assembly.ts';

test('29 virtio devices fit; of more it is said how many disks do', () => {
  checkRoom(29, 2);
  const error = expect.objectContaining({
    code: 'too-many-devices',
    remedy: 'Attach at most 26 disks.',
  });
  expect(() => checkRoom(30, 3)).toThrow(error);
});
