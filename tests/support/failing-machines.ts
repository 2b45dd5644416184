import { expect, test } from 'ringbox/playwright';

// Tests that fail, each in another way, and others that leave their machines in a bad state for the next one:
// tests/e2e/examples.spec.ts has them run, and reads the report.

test('waits for words that do not come', async ({ machine }) => {
  await machine.console.write('printf "\\e[31msome words\\e[0m\\n"\n');
  await expect(machine).toPrint('some words');
  await expect(machine).toPrint(/other words/, { timeout: 1000 });
});

test('hangs in a command', async ({ machine }) => {
  test.setTimeout(6000);
  await machine.console.write('echo words of the last hour\n');
  await machine.exec('sleep 1000');
});

test('hangs by itself', async ({ machine }) => {
  test.setTimeout(3000);
  await machine.exec('echo words before the end > /dev/console');
  await new Promise(() => {});
});

test('has a guest that panics', async ({ machine }) => {
  await machine.console.write('echo c > /proc/sysrq-trigger\n');
  await machine.console.waitFor('after all');
});

test.describe('one after the other', () => {
  const told = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing is wrong',
      ({ message }: Error) => message,
    );

  test('is told of what is not as expected, and leaves a flood', async ({ machine }) => {
    const command = 'echo printed; echo complained >&2; exit 3';
    expect(await told(expect(machine).toExitWith(0, command))).toMatch(
      /Expected exit status: \S*0.*Received exit status: \S*3.*printed\n.*complained/s,
    );
    await expect(machine).not.toExitWith(0, command);
    await expect(machine).not.toPrint('secret');
    await machine.exec('echo secret > /dev/console');
    const unwanted = await told(expect(machine).not.toPrint(/sec.et/));
    expect(unwanted).toContain('has printed "secret"');
    await machine.console.write('yes\n');
    await expect(machine).toPrint('y\r\ny');
  });

  test('has no flood, and leaves a panic', async ({ machine }) => {
    expect(machine.console.text).not.toContain('y\r\ny');
    await machine.console.write('echo c > /proc/sysrq-trigger\n');
    await expect.poll(() => machine.state, { timeout: 30_000 }).toBe('panicked');
  });

  test('has a guest that lives, and switches it off', async ({ machine }) => {
    expect(machine.state).toBe('running');
    await machine.console.write('poweroff\n');
    await expect.poll(() => machine.state, { timeout: 30_000 }).toBe('off');
  });

  test('goes back to where it was, and starts anew', async ({ machine }) => {
    await machine.exec('touch first');
    const snapshot = await machine.snapshot();
    await machine.exec('rm first && sync');
    await machine.restore(snapshot);
    await expect(machine).toExitWith(0, 'rm first && touch second && sync');
    await machine.reset();
    await expect(machine).toExitWith(0, 'ls second && ! ls first');
    expect((await machine.statistics()).disks).toHaveLength(1);
  });
});

test.describe('a kernel of one’s own', () => {
  const { RINGBOX_KERNEL: kernel, RINGBOX_ROOT: file = '', RINGBOX_ROOT_SIZE } = process.env;
  const disks = [{ file, size: Number(RINGBOX_ROOT_SIZE) }];
  test.use({ kernel, disks, append: 'root=/dev/vda rw quiet', ready: '# ', memory: 64 });

  test('boots from a file', async ({ machine }) => {
    await expect(machine).toPrint('Ringbox');
    await expect(machine).toExitWith(0, 'rm /etc/passwd && sync');
  });

  test('which is as it was', async ({ machine }) => {
    await expect(machine).toExitWith(0, 'cat /etc/passwd');
  });
});
