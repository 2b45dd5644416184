import { createHash } from 'node:crypto';
import { expect, type GuestPage } from './machines.ts';
import { Noise } from './noise.ts';

const MIB = 1024 * 1024;

/** What is copied. */
const DATA = Buffer.alloc(MIB);
const noise = new Noise(1);
for (let at = 0; at < DATA.length; at += 4) DATA.writeUInt32LE(noise.next(), at);

/** The disks to work with: vdb, which is written, and vdc, which holds the data. */
export async function workDisks(guest: GuestPage) {
  return [{ size: 2 * MIB }, { url: await guest.serve('data.img', DATA), readOnly: true }];
}

/**
 * Copies the data in three ways, forgets what the kernel has cached, reads all of it back, and
 * passes a part through the console.
 */
export async function work(guest: GuestPage): Promise<void> {
  await guest.output('dd if=/dev/vdc of=/dev/vdb bs=1M oflag=direct iflag=direct 2>&1');
  await guest.output('dd if=/dev/vdc of=/dev/vdb bs=64k seek=16 conv=fsync 2>&1');
  await guest.output('cp /dev/vdc /root/data && sync && echo 3 > /proc/sys/vm/drop_caches');
  const digest = createHash('sha256').update(DATA).update(DATA).digest('hex');
  const direct = 'dd if=/dev/vdb bs=1M iflag=direct 2>/dev/null';
  expect(await guest.output(`${direct} | sha256sum`)).toContain(digest);
  await guest.output('cmp /root/data /dev/vdc');
  const printed = await guest.output('head -c 100000 /dev/vdb | base64 -w0');
  expect(Buffer.from(printed, 'base64').equals(DATA.subarray(0, 100_000))).toBe(true);
}
