import { expect, test } from 'vitest';
import { busyThreads, type CpuProfile, formatProfile, selfTimes } from '../../bench/profile.ts';

/** A profile in which a look at the thread every 100 microseconds found these functions. */
function profileOf(...found: [functionName: string, url: string][]): CpuProfile {
  const nodes = found.map(([functionName, url], index) => ({
    id: index + 1,
    callFrame: { functionName, url, lineNumber: 9 },
  }));
  const samples = nodes.map(({ id }) => id);
  // The last look only ends the time of the one before.
  return { nodes, samples: [...samples, 1], timeDeltas: [50, ...samples.map(() => 100)] };
}

test('time of their own is summed by function, and guest code is one', () => {
  const profile = profileOf(
    ['take', 'http://localhost/assets/device.js'],
    ['take', 'http://localhost/assets/device.js'],
    ['run', 'wasm://wasm/emulator'],
    ['step', 'wasm://wasm/emulator'],
    ['wasm-function[7]', 'wasm://wasm/1'],
    ['wasm-function[7]', 'wasm://wasm/2'],
    ['wasm-function[9]', 'wasm://wasm/3'],
    ['', 'http://localhost/assets/device.js'],
    ['(idle)', ''],
    ['(idle)', ''],
  );
  const parts = Object.fromEntries(selfTimes(profile).map(({ name, part }) => [name, part]));
  expect(parts).toEqual({
    'take device.js:10': 0.2,
    'run (wasm)': 0.1,
    'step (wasm)': 0.1,
    'compiled code of the guest': expect.closeTo(0.3),
    '(anonymous) device.js:10': 0.1,
    '(idle)': 0.2,
  });
});

test('threads that only waited are left out, and the busiest comes first', () => {
  const [waiting, some, busy] = [
    profileOf(['(idle)', ''], ['waitForSignal', 'http://localhost/device.js']),
    profileOf(['(idle)', ''], ['serve', 'http://localhost/device.js']),
    profileOf(['draw', 'http://localhost/page.js']),
  ];
  const threads = [
    { thread: 'asleep', profile: waiting },
    { thread: 'a worker', profile: some },
    { thread: 'the page', profile: busy },
    { thread: 'nothing', profile: { nodes: [], samples: [], timeDeltas: [] } },
  ];
  expect(formatProfile('reads', busyThreads(threads)).split('\n')).toEqual([
    'reads',
    '  the page, busy 100.0 %',
    '    100.0 %  draw page.js:10',
    '  a worker, busy 50.0 %',
    '    50.0 %  (idle)',
    '    50.0 %  serve device.js:10',
    '',
  ]);
});
