import { expect, test } from 'vitest';
import { findPanicMessage } from '../../../src/boot/panic-message.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';

const MIB = 1024 * 1024;
const MARK = 'Kernel panic - not syncing: ';

function memoryWith(texts: { address: number; text: string }[]): GuestMemory {
  const memory = new GuestMemory(new SharedArrayBuffer(3 * MIB), 0, 3 * MIB);
  for (const { address, text } of texts) {
    memory.copyIn(address, Buffer.from(text, 'latin1'), 0, text.length);
  }
  return memory;
}

test.each([0, 17, MIB - 1, MIB - MARK.length - 3, 2 * MIB + 5])(
  'finds it at %i',
  async (address) => {
    const memory = memoryWith([{ address, text: `${MARK}no init found\0` }]);
    expect(await findPanicMessage(memory)).toBe('no init found');
  },
);

test("passes over the kernel's own format string", async () => {
  const memory = memoryWith([
    { address: 100, text: `${MARK}%s\n\0` },
    { address: 5000, text: `${MARK}VFS: no root\n` },
  ]);
  expect(await findPanicMessage(memory)).toBe('VFS: no root');
});

test('prefers the last line, which says where the message ends', async () => {
  const memory = memoryWith([
    { address: 100, text: `${MARK}VFS: no root (0,0)0)` },
    { address: 2 * MIB - 20, text: '---[ end Kernel panic - not syncing: %s ]---' },
    { address: 2 * MIB + 500, text: `---[ end ${MARK}VFS: no root (0,0) ]---leftover` },
  ]);
  expect(await findPanicMessage(memory)).toBe('VFS: no root (0,0)');
});

test('finds nothing where there is nothing, and a mark at the very end', async () => {
  expect(await findPanicMessage(memoryWith([]))).toBeNull();
  const text = `${MARK}end`;
  expect(await findPanicMessage(memoryWith([{ address: 3 * MIB - text.length, text }]))).toBe(
    'end',
  );
});
