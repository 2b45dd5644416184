import { fetchAlone } from '../support/fetch-alone.ts';
import { expect, type GuestPage, test } from '../support/machines.ts';

const BLOCK = 4096;
const BLOCKS = 256;

/** One block: loop as often as the argument says, then answer the block's number. */
function block(number: number): Buffer {
  const code = Buffer.alloc(BLOCK, 0x90);
  // mov ecx, [esp + 4]; loop: dec ecx; jnz loop; mov eax, number; ret
  Buffer.from([0x8b, 0x4c, 0x24, 0x04, 0x49, 0x75, 0xfd, 0xb8, 0, 0, 0, 0, 0xc3]).copy(code);
  code.writeUInt32LE(number, 8);
  return code;
}

/** Boots a guest with tests/guest/fresh-code.c and runs it. @returns its last line */
async function runFreshCode(guest: GuestPage, rounds: number): Promise<string> {
  const program = await guest.serveProgram('tests/guest/fresh-code.c');
  const blocks = Buffer.concat(Array.from({ length: BLOCKS }, (_, number) => block(number)));
  const code = await guest.serve('code.img', blocks);
  await guest.boot({ disks: [{ url: program.url }, { url: code }] });
  await guest.install(program, '/dev/vdb');
  return (await guest.run(`/tmp/run /dev/vdc ${BLOCKS} ${rounds}`)).output.trim();
}

test.describe('the sync rule', () => {
  test('code that was just read from a disk is the code that runs', async ({ guest }) => {
    test.setTimeout(420_000);
    expect(await runFreshCode(guest, 20_000)).toMatch(/^20000 rounds, \d+ calls, 0 wrong$/);
  });

  test('without it, code that used to be there runs', async ({ guest, page }) => {
    const kept = /this\.#dropCode\(address[^;]*;/;
    await page.route('**/src/transport/device-link.ts*', async (route) => {
      const response = await fetchAlone(route);
      const source = await response.text();
      expect(source).toMatch(kept);
      await route.fulfill({ response, body: source.replace(kept, '') });
    });
    await page.reload();
    await page.waitForFunction(() => 'TestMachine' in globalThis);
    const wrong = / (\d+) wrong$/.exec(await runFreshCode(guest, 500));
    expect(Number(wrong?.[1])).toBeGreaterThan(0);
  });
});
