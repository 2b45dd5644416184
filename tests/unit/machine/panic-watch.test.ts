import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PanicWatch } from '../../../src/machine/panic-watch.ts';

const encoder = new TextEncoder();
const REASON = 'VFS: Unable to mount root fs on unknown-block(0,0)';
const MESSAGE = `Kernel panic - not syncing: ${REASON}`;
const END = `---[ end ${MESSAGE} ]---`;

/** What a kernel prints, with everything before and between. */
const PANIC = [
  '[    0.000000] Linux version 6.1.0',
  `[    1.234567] ${MESSAGE}`,
  '[    1.234999] CPU: 0 PID: 1 Comm: swapper Not tainted 6.1.0 #1',
  '[    1.240000] Call Trace:',
  '[    1.250000]  dump_stack_lvl+0x1a/0x22',
  '[    1.260000] Kernel Offset: disabled',
  `[    1.270000] ${END}`,
  '',
];

function watched(...pieces: string[]): PanicWatch {
  const watch = new PanicWatch();
  for (const piece of pieces) watch.look(encoder.encode(piece));
  return watch;
}

test.each([
  ['timestamps and line feeds', PANIC.join('\n')],
  ['timestamps and carriage returns', PANIC.join('\r\n')],
  ['no timestamps', PANIC.map((line) => line.replace(/^\[.*?\] /, '')).join('\n')],
  ['timestamps of a machine that ran for days', PANIC.join('\n').replaceAll('[    1.', '[987654.')],
])('finds the message and the last words with %s', (_, text) => {
  const watch = watched(text);
  expect(watch.message).toBe(REASON);
  expect(watch.ended).toBe(true);
});

test('finds them wherever the output is cut into pieces', () => {
  const bytes = encoder.encode(PANIC.join('\r\n'));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const watch = new PanicWatch();
    const told = [watch.look(bytes.subarray(0, cut)), watch.look(bytes.subarray(cut))];
    expect([watch.message, watch.ended]).toEqual([REASON, true]);
    expect(told.filter((one) => one)).toHaveLength(1);
  }
});

test('finds them byte by byte, as a serial port gives them', () => {
  const watch = new PanicWatch();
  for (const byte of encoder.encode(PANIC.join('\r\n'))) watch.look(Uint8Array.of(byte));
  expect([watch.message, watch.ended]).toEqual([REASON, true]);
});

test('finds them in any pieces, among any other output', () => {
  const line = fc
    .string({ unit: 'binary', maxLength: 700 })
    .filter((text) => !text.includes('panic'));
  fc.assert(
    fc.property(
      fc.array(line),
      fc.array(line),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (before, between, sizes) => {
        const text = [...before, MESSAGE, ...between, END, ''].join('\n');
        const bytes = encoder.encode(text);
        const watch = new PanicWatch();
        let told = 0;
        for (let at = 0; at < bytes.length; ) {
          const length = sizes.next().value as number;
          if (watch.look(bytes.subarray(at, at + length))) told++;
          at += length;
        }
        expect([watch.message, watch.ended, told]).toEqual([REASON, true, 1]);
      },
    ),
    { numRuns: 40 },
  );
});

test('tells of the last words once, and only when their line has ended', () => {
  const watch = new PanicWatch();
  expect(watch.look(encoder.encode(`${MESSAGE}\n`))).toBe(false);
  expect(watch.look(encoder.encode(END))).toBe(false);
  expect(watch.ended).toBe(false);
  expect(watch.look(encoder.encode('\n'))).toBe(true);
  expect(watch.look(encoder.encode(`${END}\n`))).toBe(false);
});

test('keeps the first message of several', () => {
  expect(
    watched('Kernel panic - not syncing: first\nKernel panic - not syncing: second\n').message,
  ).toBe('first');
});

test('forgets everything, a line that was begun among it', () => {
  const watch = watched(`${MESSAGE}\n${END}\n---[ end Kernel pa`);
  watch.forget();
  watch.look(encoder.encode('nic - not syncing: x ]---\n'));
  expect([watch.message, watch.ended]).toEqual([null, false]);
});

describe('is not deceived by', () => {
  test.each([
    ['a command line that names it', `~ # echo "${END}"\n`],
    ['a log that is shown with a prefix', `Jan  1 00:00:00 box kernel: ${END}\n`],
    ['an indented line', ` ${END}\n`],
    ['other letters', `${END.toLowerCase()}\n`],
    ['an oops', '[    1.0] ---[ end trace 0000000000000000 ]---\n'],
    ['a panic that syncs', 'Kernel panic - syncing: no\n'],
    ['something else in brackets', `[initramfs] ${END}\n`],
    ['a line that is only long', `${'x'.repeat(511)}\n${'-'.repeat(2000)}\n`],
    ['a line whose end looks like it', `${'x'.repeat(512)}${END}\n`],
  ])('%s', (_, text) => {
    const watch = watched(text);
    expect([watch.message, watch.ended]).toEqual([null, false]);
  });
});

test('sees the last words also when the message stands behind a prompt', () => {
  const watch = watched(`~ # [    1.0] ${MESSAGE}\r\n[    1.1] ${END}\r\n`);
  expect([watch.message, watch.ended]).toEqual([null, true]);
});
