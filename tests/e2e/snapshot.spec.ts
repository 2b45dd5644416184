import { randomBytes } from 'node:crypto';
import { expect, test } from '../support/machines.ts';
import type { WorkResult } from '../support/snapshot-work.ts';

/** What the page of these tests holds. */
declare global {
  var SnapshotWork: typeof import('../support/snapshot-work.ts').SnapshotWork;
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
  const options = { agent: true, disks: [{ size: 4 * MIB }] };
  await guest.boot(options);
  await guest.output('hostname restored; printf changed | dd of=/dev/vdb conv=fsync 2>/dev/null');
  await guest.output('date -s @1000000000');
  const sizes = await guest.page.evaluate(async () => {
    const snapshot = await testMachine.machine.snapshot();
    await machineApi.keepSnapshot('of a test', snapshot);
    const packed = await new Response(snapshot.stream()).blob();
    const [{ name, stored }] = await machineApi.keptSnapshots();
    return { name, stored, size: snapshot.size, packed: packed.size };
  });
  expect(sizes.name).toBe('of a test');
  expect(sizes.stored).toBeGreaterThan(sizes.size);
  expect(sizes.packed).toBeLessThan(sizes.size / 2);
  await guest.dispose();

  await guest.page.reload();
  await guest.page.waitForFunction(() => 'TestMachine' in globalThis);
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
  expect(await guest.output('hostname; head -c 7 /dev/vdb')).toBe('restored\nchanged');
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
