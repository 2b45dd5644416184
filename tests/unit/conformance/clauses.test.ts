import { expect, test } from 'vitest';
import { clauses } from '../../conformance/clauses.ts';
import { prefixesOf, prefixOf } from '../../conformance/verdict.ts';

test('clauses are numbered from 1 on by prefix, without a gap', () => {
  for (const prefix of prefixesOf(clauses)) {
    const ids = clauses.filter(({ id }) => prefixOf(id) === prefix).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => `${prefix}-${`${index + 1}`.padStart(3, '0')}`));
  }
});

test('each prefix has all the clauses that the specification has for it', () => {
  const counts = prefixesOf(clauses).map((prefix) => [
    prefix,
    clauses.filter(({ id }) => prefixOf(id) === prefix).length,
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    BASIC: 27,
    SPLIT: 16,
    PCI: 54,
    BLK: 49,
    CONSOLE: 4,
    RNG: 1,
  });
});

test('each clause says what it asks for, and each reason why', () => {
  for (const { text, section, notApplicable } of clauses) {
    expect(text.length).toBeGreaterThan(10);
    expect(section.length).toBeGreaterThan(5);
    if (notApplicable !== undefined) expect(notApplicable.length).toBeGreaterThan(10);
  }
});
