import { expect, type GuestPage, test } from '../support/machines.ts';

const MIB = 1024 * 1024;
const RESCAN = 'echo 1 > /sys/bus/pci/rescan';
const REMOVE = 'echo 1 > /sys/block/vdb/device/../remove';

/** Attaches an empty disk that is kept, without waiting for the guest to look. */
async function attach(guest: GuestPage, keep: string, size?: number): Promise<void> {
  await guest.page.evaluate(
    async ([name, bytes]) => {
      const { machine } = testMachine;
      const options = { keep: name, ...(bytes !== undefined && { size: bytes }) };
      const disk = await machine.attachDisk(options);
      if (machine.disks[1] !== disk || disk.kept !== name) throw new Error('another disk');
    },
    [keep, size] as const,
  );
}

/** Detaches the second disk, and tries it afterwards. @returns the code that it is refused with */
function detach(guest: GuestPage): Promise<string> {
  return guest.page.evaluate(async () => {
    const { machine } = testMachine;
    const [, disk] = machine.disks;
    await machine.detachDisk(disk);
    return disk.usage().catch((error) => error.code);
  });
}

test.describe('a disk that comes and goes while the machine runs', () => {
  test('is found by a rescan, and let go of', async ({ guest }) => {
    await guest.boot();
    await guest.page.evaluate(() => {
      const counts: number[] = [];
      Object.assign(globalThis, { counts });
      testMachine.machine.on('disks', (disks) => counts.push(disks.length));
    });
    const functions = await guest.output('ls /sys/bus/pci/devices');
    await attach(guest, 'late', 8 * MIB);
    await guest.output(`[ ! -e /dev/vdb ] && ${RESCAN}`);
    expect(await guest.output('cat /sys/block/vdb/size')).toBe('16384');
    await guest.output('mke2fs -q /dev/vdb && mount /dev/vdb /mnt && echo here > /mnt/note');
    await guest.output(`umount /mnt && ${REMOVE}`);
    expect(await detach(guest)).toBe('disk-detached');
    await guest.output(RESCAN);
    expect(await guest.output('ls /sys/bus/pci/devices')).toBe(functions);

    // Nobody has it any more: it can come again, into the slot that it had.
    await attach(guest, 'late');
    await guest.output(`${RESCAN} && mount /dev/vdb /mnt`);
    expect(await guest.output('cat /mnt/note')).toBe('here');

    // Away while it is in use: what is asked of it fails, and everything else goes on.
    const write = 'dd if=/dev/urandom of=/mnt/noise bs=64k count=4 conv=fsync 2>/dev/null';
    await guest.output(
      `(while ${write}; do echo round >> /tmp/rounds; done; echo over > /tmp/over) &`,
    );
    await guest.output('until [ -s /tmp/rounds ]; do :; done');
    expect(await detach(guest)).toBe('disk-detached');
    await guest.output('until [ -e /tmp/over ]; do :; done; umount -l /mnt');
    const { status } = await guest.run('dd if=/dev/vdb bs=4k skip=1000 of=/dev/null 2>/dev/null');
    expect(status).not.toBe(0);
    await guest.output('dd if=/dev/vda of=/dev/null bs=1M count=4 2>/dev/null');
    await guest.output(`${REMOVE} && ${RESCAN}`);
    expect(await guest.output('ls /sys/bus/pci/devices')).toBe(functions);
    const told = await guest.page.evaluate(() => [
      (globalThis as unknown as { counts: number[] }).counts,
      testMachine.errors,
    ]);
    expect(told).toEqual([[2, 1, 2, 1], []]);
    await expect.poll(() => guest.page.workers().length).toBe(3);

    // What its driver has not let go of goes with a reset; what was attached stays.
    await attach(guest, 'late');
    await guest.output(`${RESCAN} && [ -e /dev/vdb ]`);
    await detach(guest);
    await attach(guest, 'other', MIB);
    await guest.page.evaluate(async () => {
      await testMachine.machine.reset();
      testMachine.output = '';
      await testMachine.untilPrompt();
    });
    expect(await guest.output('cat /sys/block/vd?/size | tail -1')).toBe('2048');
    expect(await guest.output('ls /sys/block | grep -c vd')).toBe('2');
    await expect.poll(() => guest.page.workers().length).toBe(4);
  });

  test('is refused when it cannot be, and when it is not there', async ({ guest }) => {
    const codes = await guest.page.evaluate(async () => {
      const machine = await Machine.create(await TestMachine.options({ memory: 32 }));
      const code = (attempt: Promise<unknown>) =>
        attempt.then(
          () => 'done',
          (error) => error.code,
        );
      const attach = (size: number) => code(machine.attachDisk({ size }));
      const told = [await attach(511)];
      const [disk] = machine.disks;
      told.push(await code(machine.detachDisk(disk)), await code(machine.detachDisk(disk)));
      told.push(await attach(512));
      const [left] = machine.disks;
      await machine.dispose();
      told.push(await attach(512), await code(machine.detachDisk(left)));
      return told;
    });
    const refused = ['disposed', 'disposed'];
    expect(codes).toEqual(['disk-size', 'done', 'disk-detached', 'done', ...refused]);
  });

  test('leaves a machine that goes on as before, whatever happens meanwhile', async ({ guest }) => {
    const told = await guest.page.evaluate(async () => {
      const machine = await Machine.create(await TestMachine.options({ memory: 32 }));
      const attached = [machine.attachDisk({ size: 512 }), machine.attachDisk({ size: 512 })];
      const [disk, other] = await Promise.all(attached);
      machine.start();

      // A reset that was begun has been made before anything is at rest.
      const reset = machine.reset();
      const state = await machine.atRest(async () => {
        await reset;
        return machine.state;
      });
      const again = machine.reset();
      await machine.pause();
      await again;
      const paused = machine.state;

      machine.killDevice(3);
      const code = await machine.reset().catch((error) => error.code);
      await machine.detachDisk(disk);
      await machine.reset();
      const rest = [machine.state, machine.disks.length];
      await machine.dispose();
      return { names: [disk.name, other.name], state, paused, code, rest };
    });
    expect(told).toEqual({
      names: ['vdb', 'vdc'],
      state: 'paused',
      paused: 'paused',
      code: 'device-died',
      rest: ['running', 2],
    });
  });
});
