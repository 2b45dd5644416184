import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuestProgram, prepareGuest } from '../../guest/build/index.ts';
import { expect, type GuestPage, test } from '../support/machines.ts';

const MIB = 1024 * 1024;
const SECTOR = 512;
const MEMORY = 128;
/** The end of RAM, which the kernel leaves to the program: as long as its arena.h says. */
const ARENA_SIZE = MIB / 2;
const ARENA = MEMORY * MIB - ARENA_SIZE;
const SCRATCH_SIZE = 4 * MIB;
/** Milliseconds; it takes some 30 seconds when nothing else runs. */
const LONGEST_RUN = 240_000;
/** Sectors that the program may change: PLAYGROUND in tests/guest/hostile/pattern.h. */
const PLAYGROUND = { first: 64, length: 64 };

/** What tests/guest/hostile/pattern.h says is on both disks. */
function pattern(size: number): Buffer {
  const words = new Uint32Array(size / 4);
  for (let word = 0; word < words.length; word++) {
    words[word] = Math.imul(word, 0x9e3779b1) ^ 0x52494e47;
  }
  return Buffer.from(words.buffer);
}

/** Boots a machine with the program at /tmp/hostile, which is driven over its serial port. */
async function bootWithProgram(guest: GuestPage): Promise<void> {
  const program = readFileSync(await buildGuestProgram('tests/guest/hostile/hostile.c'));
  const image = Buffer.alloc(Math.ceil(program.length / SECTOR) * SECTOR);
  program.copy(image);
  const scratch = await guest.serve('scratch.img', pattern(SCRATCH_SIZE));
  await guest.boot({
    terminal: 'serial',
    memory: MEMORY,
    append: `memmap=${ARENA_SIZE}$${ARENA}`,
    ports: ['spare'],
    disks: [
      { url: await guest.serve('hostile.img', image) },
      { url: scratch },
      { url: scratch, readOnly: true },
    ],
  });
  await guest.output(`head -c ${program.length} /dev/vdb > /tmp/hostile && chmod +x /tmp/hostile`);
}

/** Reads what comes out of the ports, and resizes the console again and again, until it is told. */
async function disturb(guest: GuestPage): Promise<void> {
  await guest.page.evaluate(() => {
    const { machine } = testMachine;
    const state = { console: '', resizes: 0, over: false };
    Object.assign(globalThis, { disturbance: state });
    void (async () => {
      const decoder = new TextDecoder('latin1');
      for await (const bytes of machine.console.output) state.console += decoder.decode(bytes);
    })();
    void machine.ports.get('spare')?.output.pipeTo(new WritableStream());
    void (async () => {
      while (!state.over) {
        state.resizes++;
        await machine.console.resize(80 + (state.resizes % 100), 25);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
  });
}

async function endDisturbance(guest: GuestPage): Promise<{ console: string; resizes: number }> {
  return guest.page.evaluate(() => {
    const { disturbance } = globalThis as unknown as {
      disturbance: { console: string; resizes: number; over: boolean };
    };
    disturbance.over = true;
    return disturbance;
  });
}

/** All of disk `index`. */
async function readDisk(guest: GuestPage, index: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < SCRATCH_SIZE; offset += MIB) {
    const text = await guest.page.evaluate(
      async ([disk, from, length]) => {
        const bytes = await testMachine.machine.disks[disk].read(from, length);
        return TestMachine.base64(bytes);
      },
      [index, offset, MIB],
    );
    pieces.push(Buffer.from(text, 'base64'));
  }
  return Buffer.concat(pieces);
}

/** Puts the root disk as the guest left it into the file `image`. */
async function readRootDisk(guest: GuestPage, image: string): Promise<void> {
  const { rootfs, rootfsSize } = await prepareGuest();
  copyFileSync(rootfs, image);
  const file = openSync(image, 'r+');
  ftruncateSync(file, rootfsSize);
  await guest.page.exposeFunction('writeRootDisk', (offset: number, text: string) => {
    writeSync(file, Buffer.from(text, 'base64'), 0, undefined, offset);
  });
  await guest.page.evaluate(async () => {
    const { writeRootDisk } = globalThis as unknown as {
      writeRootDisk(offset: number, text: string): Promise<void>;
    };
    for await (const { offset, bytes } of testMachine.machine.disks[0].changes()) {
      await writeRootDisk(offset, TestMachine.base64(bytes));
    }
  });
  closeSync(file);
}

/** Files on the root disk, which must outlive everything: what the guest came with, and noise. */
const FILES = '/bin/busybox /sbin/init /etc/passwd /root/noise';

/** Runs the program to its end. @throws Error with its last lines when it does not come to one */
async function runProgram(guest: GuestPage): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LONGEST_RUN);
  });
  const run = guest.run(`/tmp/hostile ${ARENA} /root/ledger`);
  const ended = await Promise.race([run, late]).finally(() => clearTimeout(timer));
  if (ended !== null) return ended.output;
  run.catch(() => undefined);
  const last = await guest.page.evaluate(() => testMachine.output.slice(-2000));
  throw new Error(`the program has not ended; its last words are:\n${last}`);
}

interface Report {
  /** The name of each violation, with its device. */
  names: string[];
  /** What did not go as it must. */
  wrong: string[];
  summary: string;
}

/** The program's lines; what the kernel prints comes between them. */
function parse(output: string): Report {
  const lines = output.split('\n');
  const verdicts = lines.map((line) => /^(not )?ok \d+ (.+): [^:]*$/.exec(line));
  return {
    names: verdicts.flatMap((verdict) => verdict?.[2] ?? []),
    wrong: lines.filter((line) => /^not ok|^hostile:|Oops|BUG|nobody cared/.test(line)),
    summary: lines.find((line) => / violations, /.test(line)) ?? 'the program has not ended',
  };
}

test.describe('a hostile driver inside a real boot', () => {
  let folder: string;

  test.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringbox-hostile-test-'));
  });

  test.afterEach(() => rmSync(folder, { recursive: true }));

  test('gets the answer that was decided for every mistake, and breaks nothing', async ({
    guest,
  }) => {
    test.setTimeout(300_000);
    await bootWithProgram(guest);
    await guest.output('dd if=/dev/urandom of=/root/noise bs=1M count=4 2>/dev/null && sync');
    const sums = await guest.output(`sha256sum ${FILES}`);
    await disturb(guest);

    const output = await runProgram(guest);
    const report = parse(output);
    expect(report.wrong).toEqual([]);
    expect(report.summary).toMatch(/^\d+ violations, 0 failures, /);
    expect(report.names.length).toBeGreaterThanOrEqual(150);
    expect(new Set(report.names).size).toBe(report.names.length);

    // The kernel lives, has had nothing to warn of, and every device still serves it.
    expect(await guest.output('cat /proc/sys/kernel/tainted')).toBe('0');
    const disturbance = await endDisturbance(guest);
    // Once before the first violation, and after each of the console's.
    const atConsole = report.names.filter((name) => name.startsWith('console: ')).length + 1;
    expect(disturbance.console.match(/served again/g)?.length).toBe(atConsole);
    expect(disturbance.resizes).toBeGreaterThan(100);
    await guest.output('echo 3 > /proc/sys/vm/drop_caches');
    expect(await guest.output(`sha256sum ${FILES}`)).toBe(sums);
    const ledger = await guest.output('wc -l < /root/ledger');
    expect(Number(ledger)).toBe(report.names.length);

    await guest.page.evaluate(async () => {
      await testMachine.machine.serial.write('poweroff\n');
      await testMachine.untilState('off');
    });
    const told = await guest.page.evaluate(() => [testMachine.errors, testMachine.panics]);
    expect(told).toEqual([[], []]);

    // The file system is whole, and so is what no violation had a right to change.
    const root = join(folder, 'root.ext4');
    await readRootDisk(guest, root);
    execFileSync('e2fsck', ['-f', '-n', root], { stdio: 'pipe' });
    const scratch = await readDisk(guest, 2);
    const expected = pattern(SCRATCH_SIZE);
    const { first, length } = PLAYGROUND;
    for (const disk of [scratch, expected]) {
      disk.fill(0, first * SECTOR, (first + length) * SECTOR);
    }
    expect(scratch.equals(expected)).toBe(true);
    expect((await readDisk(guest, 3)).equals(pattern(SCRATCH_SIZE))).toBe(true);
  });
});
