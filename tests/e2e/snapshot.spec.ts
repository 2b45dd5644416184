import { randomBytes } from 'node:crypto';
import { constants, copyFileSync } from 'node:fs';
import { buildBootDisk, makeMenuWait, prepareFirmware } from '../../guest/build/index.ts';
import { drawn } from '../support/drawn.ts';
import { expect, test } from '../support/machines.ts';
import type { WorkResult } from '../support/snapshot-work.ts';

/** What the page of these tests holds. */
declare global {
  var SnapshotWork: typeof import('../support/snapshot-work.ts').SnapshotWork;
  /** One that names the kept disk only. */
  var referenced: import('../../src/machine/index.ts').Snapshot;
}

const MIB = 1024 * 1024;

/** Copies a disk to another back to front, floods the console, writes files, and tells what it has made. */
const STEP = [
  'dd if=/dev/vdb of=/dev/vdc bs=64k count=8 skip=$((8 * i)) seek=$((8 * (7 - i))) oflag=direct 2>/dev/null',
  'dd if=/dev/vdb bs=12k count=1 skip=$i 2>/dev/null | base64 -w 0; echo',
  'dd if=/dev/vdc bs=4k count=64 skip=$((13 * i)) iflag=direct 2>/dev/null | md5sum',
  'echo "$i" > /root/file-$i; sync',
].join('; ');
const WORK = `for i in 0 1 2 3 4 5 6 7; do ${STEP}; done; cat /root/file-*; printf 'fini''shed'`;

test('a machine that is restored goes on exactly, wherever its work was', async ({ guest }) => {
  test.setTimeout(180_000);
  // Give them to see a failure again, or to try for longer.
  const seed = Number(process.env.RINGBOX_SNAPSHOT_SEED ?? Math.floor(2 ** 31 * Math.random()));
  const rounds = Number(process.env.RINGBOX_SNAPSHOT_ROUNDS ?? 6);
  test.info().annotations.push({ type: 'seed', description: `RINGBOX_SNAPSHOT_SEED=${seed}` });
  const url = await guest.serve('noise', randomBytes(4 * MIB));
  const options = { disks: [{ url, readOnly: true }, { size: 4 * MIB }], memory: 64 };
  const boot = async () => {
    await guest.boot(options);
    await guest.page.evaluate(() => import('/tests/support/snapshot-work.ts' as string));
  };

  await boot();
  const unbroken = await guest.page.evaluate(async (work) => {
    return new SnapshotWork(testMachine, work, 'finished').finish();
  }, WORK);
  await guest.dispose();

  await boot();
  const given = { work: WORK, seed, rounds, options };
  const broken: WorkResult = await guest.page.evaluate(async ({ work, seed, rounds, options }) => {
    let state = seed;
    const random = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state / 2 ** 32;
    };
    const running = new SnapshotWork(testMachine, work, 'finished');
    for (let round = 0; round < rounds; round++) {
      await running.go(random() * 8e6);
      const snapshot = await running.machine.machine.snapshot();
      await running.go(random() * 8e6);
      // Every third time another machine goes on with it.
      const isOther = round % 3 === 2;
      const other = isOther && (await Machine.create(await TestMachine.options(options)));
      await running.goBack(snapshot, other ? new TestMachine(other) : undefined);
    }
    globalThis.testMachine = running.machine;
    return running.finish();
  }, given);
  expect(broken).toEqual(unbroken);
});

test('a file of it goes on in a page that has just been opened, at the right time', async ({
  guest,
}) => {
  const kept = { size: 4 * MIB, keep: 'of a snapshot' };
  const late = { size: 4 * MIB };
  await guest.boot({ agent: true, disks: [kept] });
  // A disk that came while the machine ran: the page that is opened then has it from the start.
  await guest.page.evaluate((options) => testMachine.machine.attachDisk(options), late);
  const write = (text: string, disk: string) => {
    return guest.output(`printf ${text} | dd of=/dev/${disk} conv=fsync 2>/dev/null`);
  };
  await guest.output('echo 1 > /sys/bus/pci/rescan');
  await write('changed', 'vdc');
  await write('as-it-was', 'vdb');
  await guest.output('hostname restored; date -s @1000000000');
  const sizes = await guest.page.evaluate(async () => {
    const { machine } = testMachine;
    globalThis.referenced = await machine.snapshot();
    const snapshot = await machine.snapshot({ keptDisks: 'included' });
    await machineApi.keepSnapshot('of a test', snapshot);
    const packed = await new Response(snapshot.stream()).blob();
    const [{ name, stored }] = await machineApi.keptSnapshots();
    return { name, stored, size: snapshot.size, packed: packed.size };
  });
  expect(sizes.name).toBe('of a test');
  expect(sizes.stored).toBeGreaterThan(sizes.size);
  expect(sizes.packed).toBeLessThan(sizes.size / 2);

  // What names the kept disk only is refused once that was written to; what includes it is not, here as well.
  await write('something-else', 'vdb');
  const back = await guest.page.evaluate(async () => {
    const { machine } = testMachine;
    const refusal = await machine.restore(referenced).catch((error) => error);
    const text = async () => new TextDecoder().decode(await machine.disks[1].read(0, 9));
    const before = { code: refusal.code, state: machine.state, text: await text() };
    const { output } = await testMachine.run('hostname');
    const included = await machineApi.openKeptSnapshot('of a test');
    if (included !== null) await machine.restore(included);
    return { ...before, output, after: await text() };
  });
  expect(back).toEqual({
    ...{ code: 'snapshot-disk', state: 'running', text: 'something', output: 'restored\n' },
    after: 'as-it-was',
  });
  expect(await guest.output('head -c 9 /dev/vdb; echo; head -c 7 /dev/vdc')).toBe(
    'as-it-was\nchanged',
  );
  await write('something-else', 'vdb');
  await guest.dispose();

  await guest.page.reload();
  await guest.page.waitForFunction(() => 'TestMachine' in globalThis);
  const options = { agent: true, disks: [kept, late] };
  const { told, times, random, milliseconds } = await guest.page.evaluate(async (options) => {
    const machine = await Machine.create(await TestMachine.options(options));
    globalThis.testMachine = new TestMachine(machine);
    const start = performance.now();
    const told: number[] = [];
    const onProgress = ({ done }: { done: number }) => told.push(done);
    const snapshot = await machineApi.openKeptSnapshot('of a test', { onProgress });
    if (snapshot === null) throw new Error('there is none');
    await machine.restore(snapshot);
    await testMachine.run('echo live');
    const milliseconds = performance.now() - start;
    const random: string[] = [];
    const draw = 'head -c 16 /dev/urandom | od -x';
    for (let round = 0; round < 2; round++) {
      await machine.restore(snapshot);
      random.push((await machine.exec(draw)).output);
    }
    const times = [Date.now(), 1000 * Number((await machine.exec('date +%s')).output)];
    await machineApi.forgetKeptSnapshot('of a test');
    return { told, times, random, milliseconds };
  }, options);
  console.log(`from a file in ${Math.round(milliseconds)} ms`);
  expect(told.at(-1)).toBe(sizes.size);
  expect(Math.abs(times[1] - times[0])).toBeLessThan(30_000);
  expect(random[0]).not.toBe(random[1]);
  const look =
    'hostname; head -c 7 /dev/vdc; echo; dd if=/dev/vdb bs=512 count=1 iflag=direct 2>/dev/null';
  expect(await guest.output(`${look} | head -c 9`)).toBe('restored\nchanged\nas-it-was');
});

test('firmware and a boot loader go on, in a machine that has not been started', async ({
  guest,
}) => {
  const image = test.info().outputPath('boot.img');
  copyFileSync(await buildBootDisk(), image, constants.COPYFILE_FICLONE);
  makeMenuWait(image);
  const given = {
    firmware: await guest.serve('firmware', await prepareFirmware()),
    disk: await guest.serve('boot.img', image),
    first: drawn('*Ringbox on hvc0').source,
    second: drawn('*Ringbox on ttyS0').source,
  };
  const chosen = await guest.page.evaluate(async ({ firmware, disk, first, second }) => {
    const bytes = async (url: string) => (await fetch(url)).blob();
    const disks = [{ image: await bytes(disk) }];
    const options = { firmware: await bytes(firmware), disks, memory: 64 };
    const begun = await Machine.create(options);
    begun.start();
    // In the middle of the firmware, and in the menu that GRUB shows.
    await begun.serial.waitFor(/SeaBIOS/);
    const early = await begun.snapshot();
    await begun.serial.waitFor(new RegExp(first));
    const late = await begun.snapshot();
    await begun.dispose();

    const machine = await Machine.create(options);
    globalThis.testMachine = new TestMachine(machine, 'serial');
    const arrowDown = '\x1b[B';
    const told: number[] = [];
    for (const snapshot of [late, early]) {
      testMachine.output = '';
      await machine.restore(snapshot);
      if (snapshot === early) await testMachine.waitFor(new RegExp(first));
      await machine.serial.write(arrowDown);
      told.push((await testMachine.waitFor(new RegExp(second))).index);
    }
    return told;
  }, given);
  expect(chosen).toHaveLength(2);
});

test('a prompt is back in a tenth of the time that it took to boot', async ({ guest }) => {
  const times = await guest.page.evaluate(async () => {
    const options = await TestMachine.options({ agent: true });
    const start = performance.now();
    const booted = new TestMachine(await Machine.create(options));
    globalThis.testMachine = booted;
    const { machine } = booted;
    machine.start();
    await booted.waitFor(/# /);
    const boot = performance.now() - start;
    await booted.untilPrompt();
    const snapshot = await machine.snapshot();
    const restores: number[] = [];
    for (let round = 0; round < 5; round++) {
      await booted.run('echo something else > /root/file; sync');
      const begin = performance.now();
      await machine.restore(snapshot);
      await booted.run('echo live');
      restores.push(performance.now() - begin);
    }
    // It goes on with its guest as with one that was just started.
    const { output } = await machine.exec('cat /root/file; echo done', { timeout: 5000 });
    // Another machine is refused, and goes on as it was.
    const smaller = await Machine.create({ ...options, disks: [], memory: 64 });
    const refusal = await smaller.restore(snapshot).catch((error) => error);
    const { state } = smaller;
    await smaller.dispose();
    const { code } = refusal as InstanceType<typeof MachineError>;
    return { boot, restores, size: snapshot.size, output, refusal: { code, state } };
  });
  expect(times.output).toBe('done\n');
  expect(times.refusal).toMatchObject({ code: 'snapshot-hardware', state: 'ready' });
  const median = times.restores.sort((a, b) => a - b)[2];
  console.log(`boot ${times.boot.toFixed()} ms, restore ${times.restores.map(Math.round)} ms`);
  expect(median).toBeLessThan(times.boot / 10);
  // Only what the guest has touched of its 256 MiB.
  expect(times.size).toBeLessThan(32 * MIB);
});
