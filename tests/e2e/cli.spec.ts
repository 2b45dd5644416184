import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { prepareGuest } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';
import { onlyLine, prepareRuns, RingboxRun, ringbox, TerminalRun } from '../support/ringbox-run.ts';

// `ringbox run` from outside: spawned, fed, read, and judged by its exit status. It starts its own
// browser; these tests use none of their own.

let folder: string;

test.beforeAll(async () => {
  await prepareRuns();
});

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-cli-test-'));
});

test.afterEach(() => rmSync(folder, { recursive: true }));

/** A file of its own for the test, filled with `letter`. */
function makeFile(name: string, size: number, letter = 'a'): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(size, letter));
  return path;
}

test.describe('a command', () => {
  test('prints its output only, each stream on its own, and its status is the status', async () => {
    const end = await ringbox(['--', 'echo out; echo err >&2; exit 7']);
    expect(end).toEqual({ code: 7, stdout: Buffer.from('out\n'), stderr: 'err\n' });
  });

  test('may be several words, which the shell takes as they are', async () => {
    const words = ['printf', '%s|', '$HOME', "it's", '*', 'a  b'];
    const end = await ringbox(['--', ...words]);
    expect(end).toEqual({ code: 0, stdout: Buffer.from("$HOME|it's|*|a  b|"), stderr: '' });
    expect((await ringbox(['--', 'sh', '-c', 'exit 3'])).code).toBe(3);
  });

  test('gets the input with its end, and every byte comes back unharmed', async () => {
    const bytes = randomBytes(3_000_000);
    const end = await ringbox(['--', 'cat; echo done >&2'], bytes);
    expect(end.stderr).toBe('done\n');
    expect(end.stdout.equals(bytes)).toBe(true);
    expect(end.code).toBe(0);
  });

  test('loses nothing when it ends while its reader is slow', async () => {
    const run = new RingboxRun(['--', 'head -c 8000000 /dev/zero; echo told >&2']);
    run.child.stdin!.end();
    run.child.stdout!.pause();
    // The guest cannot have written all of it before somebody reads.
    await new Promise((resolve) => run.child.stdout!.once('readable', resolve));
    run.child.stdout!.resume();
    const { code, stdout } = await run.ended;
    expect([code, stdout.length]).toEqual([0, 8_000_000]);
  });

  test('runs through npx as the manual has it', async () => {
    const words = ['ringbox', 'run', '--', 'echo through npx; exit 5'];
    const options = { cwd: projectDirectory, input: '', timeout: 60_000 };
    const { status, stdout } = spawnSync('npx', words, options);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 5, stdout: 'through npx\n' });
  });

  for (const [program, how] of [
    ['poweroff', 'powered off'],
    ['reboot', 'rebooted'],
  ]) {
    test(`can end the machine by ${program}, and what it has said before is kept`, async () => {
      const end = await ringbox(['--timeout', '60', '--', `echo last; ${program}; sleep 1000`]);
      expect(end.code).toBe(1);
      expect(onlyLine(end)).toMatch(new RegExp(`^the guest ${how} before the command had told`));
      expect(end.stdout.toString()).toBe('last\n');
    });
  }

  test('is unharmed when nobody reads its output any more', async () => {
    const run = new RingboxRun(['--', 'yes']);
    await run.untilOutput('y\n');
    run.child.stdout!.destroy();
    expect(await run.ended).toMatchObject({ code: 141, stderr: '' });
  });
});

test.describe('the console', () => {
  test('takes the input and gives its output until the guest powers off', async () => {
    const end = await ringbox([], 'echo $((6*7)) $(hostname)\npoweroff\n');
    expect(end.stdout.toString()).toContain('42 ringbox\r\n');
    expect(end).toMatchObject({ code: 0, stderr: '' });
  });

  test('may be the serial port, and ends well when the guest reboots', async () => {
    const end = await ringbox(['--console', 'ttyS0'], 'echo $((6*7)) $(tty)\nreboot\n');
    expect(end.stdout.toString()).toContain('42 /dev/ttyS0\r\n');
    expect(end).toMatchObject({ code: 0, stderr: '' });
  });

  test('is a raw terminal of the right size, which Ctrl-] gives back', async () => {
    // What runs in the terminal says afterwards in which mode it finds it.
    const run = new TerminalRun(
      'stty cols 97 rows 31; $RINGBOX run; echo "status $?"; stty -a; echo over',
    );
    await run.untilOutput('# ');
    run.write('stty size\r');
    await run.untilOutput('31 97');
    run.write('echo $((6*7)) seconds; sleep 1000\r');
    await run.untilOutput('42 seconds');
    run.write('\x03'); // for the guest, and ends nothing here
    run.write('echo "still $((6*7))"\r');
    await run.untilOutput('still 42');
    run.write('\x1d');
    await run.untilOutput('over');
    run.child.stdin!.end();
    const output = (await run.ended).stdout.toString();
    expect(output).toContain('press Ctrl-] to end the machine');
    expect(output).toContain('status 0');
    expect(output).toMatch(/[^-]icanon/);
    expect(output).toMatch(/[^-]echo /);
  });
});

test.describe('disks', () => {
  const MIB = 1 << 20;

  test('are written back where they changed, unless read-only', async () => {
    const [first, second] = [makeFile('first', MIB), makeFile('second', MIB, 'b')];
    const command = [
      'printf hello | dd of=/dev/vdb bs=1 seek=70000 conv=notrunc,fsync 2>/dev/null',
      'dd if=/dev/vdc bs=1 count=3 2>/dev/null',
      'echo x 2>/dev/null >/dev/vdc || echo refused',
    ].join('; ');
    const end = await ringbox(['--disk', first, '--disk', `${second},ro`, '--', command]);
    expect(end.stdout.toString()).toBe('bbbrefused\n');
    expect(end.code).toBe(0);
    const expected = Buffer.alloc(MIB, 'a');
    expected.write('hello', 70000);
    expect(readFileSync(first).equals(expected)).toBe(true);
    expect(readFileSync(second).equals(Buffer.alloc(MIB, 'b'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['first', 'second']);
  });

  test('are written back after a panic', async () => {
    const disk = makeFile('disk', MIB);
    const command =
      'printf kept | dd of=/dev/vdb conv=notrunc,fsync 2>/dev/null; echo c > /proc/sysrq-trigger';
    const end = await ringbox(['--disk', disk, '--', command]);
    expect(end.code).toBe(3);
    expect(onlyLine(end)).toMatch(/^the guest's kernel panicked: sysrq triggered crash/);
    expect(readFileSync(disk, 'latin1').slice(0, 5)).toBe('kepta');
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`are written back after ${signal}`, async () => {
      const disk = makeFile('disk', MIB);
      const command =
        'printf kept | dd of=/dev/vdb conv=notrunc,fsync 2>/dev/null; echo written; sleep 1000';
      const run = new RingboxRun(['--disk', disk, '--', command]);
      await run.untilOutput('written');
      run.child.kill(signal);
      expect(await run.ended).toMatchObject({ code, stderr: '' });
      expect(readFileSync(disk, 'latin1').slice(0, 5)).toBe('kepta');
      expect(readdirSync(folder)).toEqual(['disk']);
    });
  }

  test('are written back after the timeout', async () => {
    const disk = makeFile('disk', MIB);
    const command = 'printf kept | dd of=/dev/vdb conv=notrunc,fsync 2>/dev/null; sleep 1000';
    const end = await ringbox(['--timeout', '15', '--disk', disk, '--', command]);
    expect(end.code).toBe(124);
    expect(onlyLine(end)).toMatch(/^timeout: .* 15 s/);
    expect(readFileSync(disk, 'latin1').slice(0, 5)).toBe('kepta');
  });

  test("are vda, vdb, ... with a kernel of one's own", async () => {
    const { kernel, rootfs, rootfsSize } = await prepareGuest();
    const root = join(folder, 'root');
    writeFileSync(root, Buffer.concat([readFileSync(rootfs)], rootfsSize));
    const append = 'root=/dev/vda rw quiet';
    const words = ['--kernel', kernel, '--append', append, '--disk', root];
    const second = makeFile('second', MIB, 'z');
    const input = 'head -c 4 /dev/vdb; echo; echo kept > /root/note; poweroff\n';
    const end = await ringbox([...words, '--disk', `${second},ro`], input);
    expect(end.stdout.toString()).toContain('zzzz\r\n');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const again = await ringbox([...words], 'cat /root/note; poweroff\n');
    expect(again.stdout.toString()).toContain('kept\r\n');
  });
});

test.describe('the exit status, with one line', () => {
  test('is 124 on timeout', async () => {
    const end = await ringbox(['--timeout', '1']);
    expect(end.code).toBe(124);
    expect(onlyLine(end)).toMatch(/^timeout: the guest had not ended after 1 s/);
  });

  test('is 3 when the kernel panics', async () => {
    // On the serial port, which is there from the beginning: hvc0 may come too late for it.
    const end = await ringbox(['--console', 'ttyS0', '--append', 'init=/missing']);
    expect(end.code).toBe(3);
    expect(onlyLine(end)).toMatch(/^the guest's kernel panicked: Requested init \/missing failed/);
    expect(end.stdout.toString()).toContain('Kernel panic - not syncing');
  });

  test('is 3, with the reason, also when the kernel panics before it has a console', async () => {
    const { kernel } = await prepareGuest();
    const end = await ringbox(['--kernel', kernel]);
    expect(end.code).toBe(3);
    expect(onlyLine(end)).toContain('panicked: VFS: Unable to mount root fs on unknown-block(0,0)');
  });

  test('is 2 for wrong usage', async () => {
    const cases: [string[], RegExp][] = [
      [['--frobnicate'], /^unknown option '--frobnicate'/],
      [['--memory', '2'], /^--memory takes .* from 32 to 2048/],
      [['--kernel', join(folder, 'none')], /none: there is no such file/],
      [['--kernel', folder], /not a regular file/],
      [['--kernel', makeFile('text', 5000)], /text: this is no Linux kernel .*bzImage, such as/],
      [['--disk', makeFile('odd', 1000)], /odd: 1000 bytes are no multiple of 512.*-s 1024 /],
      [['--disk', makeFile('empty', 0)], /empty: 0 bytes/],
      [['--disk', makeFile('twice', 512), '--disk', join(folder, 'twice')], /given twice/],
    ];
    for (const [words, message] of cases) {
      const end = await ringbox(words);
      expect(end.code).toBe(2);
      expect(onlyLine(end)).toMatch(message);
    }
  });

  test('is 2 for an initial RAM disk that the memory has no room for', async () => {
    const { kernel } = await prepareGuest();
    const initrd = makeFile('initrd', 64 << 20);
    const end = await ringbox(['--kernel', kernel, '--initrd', initrd, '--memory', '32']);
    expect(end.code).toBe(2);
    expect(onlyLine(end)).toMatch(/memory/);
  });

  test('is 1 without a browser', async () => {
    const run = new RingboxRun(['--timeout', '9'], ['env', 'CHROMIUM_PATH=/nowhere/chromium']);
    const end = await run.ended;
    expect(end.code).toBe(1);
    expect(onlyLine(end)).toMatch(/CHROMIUM_PATH: there is no \/nowhere\/chromium/);
  });
});

test('2048 MiB of memory are there for the guest', async () => {
  const end = await ringbox(['--memory', '2048', '--', 'head -1 /proc/meminfo']);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  const kib = Number(/MemTotal: +(\d+) kB/.exec(end.stdout.toString())?.[1]);
  expect(kib).toBeGreaterThan(2000 * 1024);
});

test('--help is printed', async () => {
  const end = await ringbox(['--help']);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout.toString()).toContain('Usage: ringbox run');
});
