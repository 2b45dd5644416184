import { describe, expect, test } from 'vitest';
import { dependenciesMatch } from '../../../bin/dependencies.mjs';
import { nodeVersionProblem } from '../../../bin/node-version.mjs';
import { parseStartOptions } from '../../../bin/start.ts';
import { parseTestOptions } from '../../../bin/test.ts';

test.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0'])('Node %s will do', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

test.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0'])('Node %s is refused by name', (version) => {
  expect(nodeVersionProblem(version)).toContain(`Node ${version}`);
});

describe('node_modules', () => {
  const lock = (packages: object) =>
    JSON.stringify({ packages: { '': { name: 'x' }, ...packages } });
  const vite = { version: '8.0.0', integrity: 'sha512-a' };

  test('that has what is asked for is left alone', () => {
    expect(dependenciesMatch(lock({ a: vite }), lock({ a: vite }))).toBe(true);
  });

  test('may lack optional packages, which are for other systems', () => {
    expect(
      dependenciesMatch(lock({ a: vite, b: { ...vite, optional: true } }), lock({ a: vite })),
    ).toBe(true);
  });

  test.each([
    ['lacks a package', {}],
    ['has another version', { a: { ...vite, version: '8.0.1' } }],
    ['has another content', { a: { ...vite, integrity: 'sha512-b' } }],
  ])('that %s is replaced', (_what, installed) => {
    expect(dependenciesMatch(lock({ a: vite }), lock(installed))).toBe(false);
  });
});

describe('ringbox start', () => {
  test('listens on localhost, port 5173, unless told otherwise', () => {
    expect(parseStartOptions([])).toEqual({ port: 5173, host: undefined });
    expect(parseStartOptions(['--port', '80', '--host', '0.0.0.0'])).toEqual({
      port: 80,
      host: '0.0.0.0',
    });
  });

  test.each([['--port', '0'], ['--port', '65536'], ['--port', 'http'], ['--prot', '1'], ['x']])(
    'refuses %s %s',
    (...parameters) => {
      expect(() => parseStartOptions(parameters)).toThrow(/^start: /);
    },
  );
});

describe('ringbox test', () => {
  test('runs everything unless one runner is asked for', () => {
    expect(parseTestOptions([])).toMatchObject({ check: true, unit: true, endToEnd: true });
    expect(parseTestOptions(['--unit', 'ring'])).toEqual({
      check: false,
      unit: true,
      endToEnd: false,
      rest: ['ring'],
    });
    expect(parseTestOptions(['--e2e', '-g', 'boot'])).toMatchObject({
      unit: false,
      endToEnd: true,
      rest: ['-g', 'boot'],
    });
  });

  test('refuses what it does not know', () => {
    expect(() => parseTestOptions(['--fast'])).toThrow("unknown option '--fast'");
  });
});
