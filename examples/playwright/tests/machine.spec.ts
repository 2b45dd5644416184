import { expect, test } from 'ringbox/playwright';

test('a shell answers', async ({ machine }) => {
  await machine.console.write('echo $((6 * 7))\n');
  await expect(machine).toPrint(/^42\r$/m);
  const { output, status } = await machine.exec('uname -s; rm -r /etc');
  expect(output).toBe('Linux\n');
  expect(status).toBe(0);
});

test('what another test has removed is there', async ({ machine }) => {
  await expect(machine).toExitWith(0, 'grep root /etc/passwd');
});

test.describe('with a disk', () => {
  test.use({ disks: [{ size: 16 * 1024 * 1024 }], memory: 64 });

  test('a file system keeps what is written to it', async ({ machine }) => {
    await expect(machine).toExitWith(0, 'mke2fs /dev/vdb && mount /dev/vdb /mnt');
    await machine.files.write('/mnt/a/file', 'words');
    await expect(machine).toExitWith(0, 'umount /mnt && mount -o ro /dev/vdb /mnt');
    expect(await machine.files.readText('/mnt/a/file')).toBe('words');
  });
});
