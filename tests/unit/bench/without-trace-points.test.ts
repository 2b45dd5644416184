import { expect, test } from 'vitest';
import { withoutTracePoints } from '../../bench/without-trace-points.ts';

test('trace points go, with what they would work out, and nothing else does', () => {
  const { plugin, counted } = withoutTracePoints();
  const code = [
    'this.trace?.doorbell(queue, look());',
    'if (this.#link.paused) this.#link.trace?.resumed();',
    'else other.trace.doorbell(1);',
    'host.trace?.(ring);',
    'this.trail?.doorbell(1);',
  ];
  const left = plugin.transform(
    `class A { #link; f(host, other, queue, ring) {${code.join('\n')}} }`,
  );
  expect(left?.code).not.toMatch(/look|resumed/);
  for (const kept of code.slice(2)) expect(left?.code).toContain(kept);
  expect(counted.points).toBe(2);
  expect(plugin.transform('this.other?.thing();')).toBeNull();
});
