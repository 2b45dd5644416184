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
    expect(await guest.output('cat /sys/block/vdb/queue/max_segment_size')).toBe(
      `${16 * MIB + 512}`,
    );
  });

  test('grows under a mounted file system, and stays so when it is kept', async ({
    guest,
    page,
  }) => {
    const disks = [
      { size: 4 * MIB, keep: 'growing' },
      { size: MIB, readOnly: true },
    ];
    await guest.boot({ disks });
    await guest.output(
      'mke2fs -q /dev/vdb && mount /dev/vdb /mnt && echo kept > /mnt/note && sync',
    );
    const resize = (disk: number, size: number) =>
      page.evaluate(
        ([index, bytes]) => {
          const disk = testMachine.machine.disks[index];
          return disk.resize(bytes).then(
            () => String(disk.size),
            (error) => `${error.code}: ${error.remedy}`,
          );
        },
        [disk, size],
      );
    expect(await resize(1, 8 * MIB)).toBe(`${8 * MIB}`);
    await guest.output(
      'until [ "$(cat /sys/block/vdb/size)" = 16384 ]; do :; done; dmesg | grep "vdb.*new size"',
    );
    // What is new is zero, and can be written while the rest is in use.
    await guest.output(
      'printf beyond | dd of=/dev/vdb bs=1M seek=7 conv=notrunc,fsync 2>/dev/null',
    );
    expect(
      await guest.output('dd if=/dev/vdb bs=1M skip=4 count=3 2>/dev/null | tr -d "\\0" | wc -c'),
    ).toBe('0');
    expect(await resize(1, 4 * MIB)).toMatch(/^disk-shrink: Disks only grow/);
    expect(await resize(1, 8 * MIB + 1)).toMatch(/^disk-size: .*512/);
    expect(await resize(2, 2 * MIB)).toMatch(/^disk-read-only: /);

    await page.evaluate(async () => {
      await testMachine.machine.reset();
      testMachine.output = '';
      await testMachine.untilPrompt();
    });
    expect(await guest.output('cat /sys/block/vdb/size /sys/block/vdc/size')).toBe('16384\n2048');
    const usage = await page.evaluate(() => testMachine.machine.disks[1].usage());
    expect(usage.bytesWritten).toBeGreaterThanOrEqual(8);
    expect(usage.requests).toBeGreaterThan(0);

    // Its options still say what it began with; or nothing.
    for (const size of [4 * MIB, undefined]) {
      await page.reload();
      await page.waitForFunction(() => 'TestMachine' in globalThis);
      const found = await page.evaluate(async (given) => {
        const options = await TestMachine.options({ memory: 64 });
        options.disks = [{ keep: 'growing', ...(given !== undefined && { size: given }) }];
        const machine = await Machine.create(options);
        const [{ size, kept }] = machine.disks;
        await machine.dispose();
        return [size, kept];
      }, size);
      expect(found).toEqual([8 * MIB, 'growing']);
    }
    await guest.boot({ disks: [{ size: 16 * MIB, keep: 'growing' }] });
    expect(await guest.output('cat /sys/block/vdb/size')).toBe('32768');
    expect(await guest.output('mount /dev/vdb /mnt && cat /mnt/note')).toBe('kept');
    expect(await guest.output('dd if=/dev/vdb bs=1M skip=7 count=1 2>/dev/null | head -c 6')).toBe(
      'beyond',
    );
  });
});
