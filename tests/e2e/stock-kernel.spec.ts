import { provideStockKernel } from '../../guest/build/index.ts';
import { work, workDisks } from '../support/disk-work.ts';
import { expect, type GuestPage, test } from '../support/machines.ts';

/** Blocks of 4096 bytes of vdc, a disk of the test's. */
const BLOCKS = 256;

/** Interrupts so far on the line of a virtio device that shares it with no other. */
async function interrupts(guest: GuestPage, device: string): Promise<number> {
  const table = await guest.output('cat /proc/interrupts');
  const line = new RegExp(String.raw`^ *\d+: +(\d+) +XT-PIC +${device}$`, 'm').exec(table);
  if (line === null) throw new Error(`${device} has no line of its own:\n${table}`);
  return Number(line[1]);
}

test("Debian's own kernel, with virtio as modules, drives everything", async ({ guest }) => {
  // It takes some ten seconds to boot, most of them to decompress itself and to check its keys.
  test.setTimeout(240_000);
  const stock = await provideStockKernel();
  const kernel = {
    url: await guest.serve('vmlinuz', stock.kernel),
    initrdUrl: await guest.serve('initramfs.gz', stock.initramfs),
  };
  const program = await guest.serveProgram('tests/guest/polled-copy.c');
  const disks = [...(await workDisks(guest)), { url: program.url }];
  // Queues are as many as CPUs could be there; two of the four are for polling.
  const append = 'possible_cpus=4 virtio_blk.poll_queues=2';
  await guest.boot({ kernel, append, disks });

  await test.step('it is that kernel, and virtio comes from modules', async () => {
    expect(await guest.output('uname -r')).toBe(stock.release);
    expect(await guest.output('uname -v')).toContain('Debian');
    const modules = (await guest.output('cut -d " " -f 1 /proc/modules')).split('\n');
    const drivers = ['virtio_pci', 'virtio_blk', 'virtio_console', 'virtio_rng', 'virtio_ring'];
    expect(modules).toEqual(expect.arrayContaining(drivers));
  });

  await test.step('its terminal is hvc0, its root disk is vda', async () => {
    expect(await guest.output('tty')).toBe('/dev/hvc0');
    expect(await guest.output('cat /proc/consoles')).toMatch(/^hvc0 /);
    expect(await guest.output('cat /proc/mounts')).toMatch(/^\/dev\/vda \/ ext4 rw/m);
  });

  await test.step('disks and console keep what passes them', () => work(guest));

  await test.step('random bytes come from the browser', async () => {
    const driver = await guest.output('cat /sys/class/misc/hw_random/rng_current');
    expect(driver).toBe('virtio_rng.0');
    const drawn = await guest.output('dd if=/dev/hwrng bs=64 count=4 2>/dev/null | base64 -w0');
    expect(Buffer.from(drawn, 'base64')).toHaveLength(256);
  });

  await test.step('disks have four queues, of which its one CPU uses two', async () => {
    const told = await guest.output('dmesg | grep "poll queues"');
    expect(told.match(/virtio_blk virtio\d: 2\/0\/2 default/g)).toHaveLength(4);
    expect(await guest.output('cd /sys/block/vda/mq && echo *')).toBe('0 2');
  });

  await test.step('requests that are polled for bring no interrupts', async () => {
    await guest.install(program, '/dev/vdd');
    await guest.output('dd if=/dev/zero of=/dev/vdb bs=1M count=1 oflag=direct 2>&1');
    const before = await interrupts(guest, 'virtio2');
    expect(await guest.output(`/tmp/run /dev/vdc /dev/vdb ${BLOCKS}`)).toBe(`${BLOCKS} copied`);
    // The driver never moves the used_event of such a queue, so that the first request brings one.
    expect(await interrupts(guest, 'virtio2')).toBeLessThanOrEqual(before + 1);
    await guest.output('cmp -n 1048576 /dev/vdb /dev/vdc');
  });

  await test.step('poweroff ends the machine', async () => {
    await guest.page.evaluate(async () => {
      await testMachine.machine.console.write('poweroff\n');
      await testMachine.untilState('off');
    });
  });
});
