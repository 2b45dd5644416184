import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { test as runTests } from '../../../bin/test.ts';
import { runPlaywright, runVitest } from '../../../bin/test-runners.ts';
import { SetupError } from '../../../guest/build/errors.ts';
import { prepareGuest, provideChromium } from '../../../guest/build/index.ts';

vi.mock('../../../guest/build/index.ts', () => ({
  prepareGuest: vi.fn(),
  provideChromium: vi.fn(async () => '/chromium'),
}));
vi.mock('../../../bin/test-runners.ts', () => ({
  runCheck: vi.fn(),
  runVitest: vi.fn(async () => ({ passed: 2, failed: 0, skipped: 0 })),
  runPlaywright: vi.fn(),
}));

let output: string;
let errors: string;

beforeEach(() => {
  output = '';
  errors = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.clearAllMocks();
});

test.each([
  ['the guest', prepareGuest],
  ['the browser', provideChromium],
])('closes with the counts when %s cannot be had', async (_, step) => {
  vi.mocked<() => Promise<unknown>>(step).mockRejectedValueOnce(new SetupError('no network'));
  expect(await runTests(['--unit'])).toBe(1);
  expect(errors).toBe('ringbox: no network\n');
  expect(output).toMatch(/^0 passed, 1 failed\n$/m);
  expect(runVitest).not.toHaveBeenCalled();
  expect(runPlaywright).not.toHaveBeenCalled();
});

test('closes with the counts of the runner otherwise', async () => {
  expect(await runTests(['--unit'])).toBe(0);
  expect(output.trim()).toBe('2 passed, 0 failed');
});
