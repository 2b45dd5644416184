import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { guestDirectory } from '../../../guest/build/paths.ts';
import { buildGuestProgram } from '../../../guest/build/program.ts';

let scratch: string;
let source: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ringbox-program-test-'));
  source = join(scratch, 'sum.c');
  vi.stubEnv('XDG_CACHE_HOME', scratch);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true });
});

const program = (greeting: string) => `
  #include <ringbox.h>
  int main(int argc, char **argv, char **environment) {
    print(1, "${greeting}");
    print_number(1, -2147483647 - 1);
    print(1, argv[argc - 1]);
    return environment[0] == NULL ? 9 : 7;
  }
`;

// Linux on x86-64 runs the guest's 32-bit programs as they are.
test('a program gets its arguments, prints, and answers its exit status', async () => {
  writeFileSync(source, program('least: '));
  const path = await buildGuestProgram(source);
  const run = () => execFileSync(path, ['\n'], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).toThrow(expect.objectContaining({ status: 7, stdout: 'least: -2147483648\n' }));
});

test('it is compiled again only when its text changes', async () => {
  writeFileSync(source, program('a'));
  const first = await buildGuestProgram(source);
  const { mtimeMs } = statSync(first);
  writeFileSync(source, `${program('a')} // a comment`);
  expect(await buildGuestProgram(source)).toBe(first);
  expect(statSync(first).mtimeMs).toBe(mtimeMs);
  writeFileSync(source, program('b'));
  expect(await buildGuestProgram(source)).not.toBe(first);
});

test('mistakes are shown as the compiler says them', async () => {
  writeFileSync(source, '#include <ringbox.h>\nint main() { return nothing; }\n');
  await expect(buildGuestProgram(source)).rejects.toThrow(/nothing.*undeclared/);
});

test("the guest's first process compiles without a warning", async () => {
  const path = await buildGuestProgram(join(guestDirectory, 'programs/init/init.c'));
  expect(statSync(path).size).toBeLessThan(64 * 1024);
});
