import { expect, test } from '../support/machines.ts';

const MIB = 1024 * 1024;
const REQUESTS = 3000;

/**
 * Guest instructions of a 4 KiB request without the page cache, by the number of requests under way,
 * as `npm run bench` measures them: one at a time some 5,100 to 6,300 for a read and for a write when
 * the worker is quick. On a machine with ten things to do at once, where the guest goes to sleep after
 * each, 7,800. With 32 it is some 5,300, whatever else the machine does.
 */
const MOST = { 1: 10_000, 32: 6500 };

test('a request of a disk costs no more guest instructions than it did', async ({
  guest,
  page,
}) => {
  const program = await guest.serveProgram('tests/bench/guest/disk-bench.c');
  await guest.boot({ disks: [{ url: program.url }, { size: 16 * MIB }] });
  await guest.install(program, '/dev/vdb');
  const instructions = () => page.evaluate(() => testMachine.machine.statistics().instructions);
  for (const direction of ['read', 'write'] as const) {
    for (const [depth, most] of Object.entries(MOST)) {
      const before = await instructions();
      await guest.output(`/tmp/run /dev/vdc ${direction} random 4096 ${depth} 0 ${REQUESTS}`);
      const each = ((await instructions()) - before) / REQUESTS;
      expect(each, `${direction}, depth ${depth}`).toBeLessThan(most);
    }
  }
});
