import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { violations } from '../../../../src/machine/inspector/scratch/violations.ts';
import { clauses } from '../../../conformance/clauses.ts';

/** By row of "The driver's mistakes": how the device answers. */
function promises(): Map<string, string> {
  const text = readFileSync(new URL('../../../../SPECIFICATION.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `([a-z-]+)` \|.*\| (\S+) \|[^|]*\|$/gm);
  return new Map(Array.from(rows, ([, row, answer]) => [row, answer]));
}

test('what is broken on purpose is answered as the specification promises', () => {
  const promised = promises();
  for (const { id, expected } of violations) expect([id, promised.get(id)]).toEqual([id, expected]);
});

test('each mistake is there once, and names clauses that there are', () => {
  const ids = violations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(clauses.map(({ id }) => id));
  for (const { clause } of violations) {
    if (clause !== null) expect([...known]).toContain(clause.id);
  }
});
