import { expect, test } from '../support/machines.ts';

const MIB = 1024 * 1024;

test.describe('a disk that changes while the machine runs', () => {
  test('writes through when its driver chooses that, and back again', async ({ guest }) => {
    await guest.boot({ disks: [{ size: 4 * MIB }] });
    const chosen = () =>
      guest.output('cat /sys/block/vdb/cache_type /sys/block/vdb/queue/write_cache');
    expect(await chosen()).toBe('write back\nwrite back');
    for (const mode of ['write through', 'write back', 'write through']) {
      await guest.output(`echo "${mode}" > /sys/block/vdb/cache_type`);
      expect(await chosen()).toBe(`${mode}\n${mode}`);
    }
    await guest.output('printf through | dd of=/dev/vdb conv=fsync 2>/dev/null');
    expect(await guest.output('echo 3 > /proc/sys/vm/drop_caches; head -c 7 /dev/vdb')).toBe(
      'through',
    );
    // The other disk has kept its own.
    expect(await guest.output('cat /sys/block/vda/cache_type')).toBe('write back');
    expect(await guest.output('cat /sys/block/vdb/queue/max_segment_size')).toBe(`${16 * MIB}`);
  });
});
