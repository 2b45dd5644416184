import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { compileEmulator } from '../../../src/emulator/compile.ts';
import { Emulator } from '../../../src/emulator/emulator.ts';

const CODE = 0x1000;
/** Places in what v86 makes of itself. */
const REGISTERS = 39;
const EBX = 3;

const emulators: Emulator[] = [];

async function make(): Promise<Emulator> {
  const path = new URL('../../../node_modules/v86/build/v86.wasm', import.meta.url);
  const module = await compileEmulator(new Uint8Array(await readFile(path)));
  const hooks = { syncPoint() {}, rebootRequested() {}, wake() {}, serialOutput() {} };
  const emulator = await Emulator.create({ module, memory: 32, hooks });
  emulators.push(emulator);
  return emulator;
}

function load(emulator: Emulator, address: number, code: readonly number[]): void {
  emulator.memory.copyIn(address, Uint8Array.from(code), 0, code.length);
  emulator.dropCode(address, code.length);
}

afterEach(async () => {
  for (const emulator of emulators.splice(0)) await emulator.dispose();
});

test('a CPU goes on in another emulator, with flags that it had not worked out yet', async () => {
  const first = await make();
  first.reset();
  first.startProtectedMode({
    instructionPointer: CODE,
    esi: 0,
    esp: 0x8000,
    gdtAddress: 0,
    gdtLength: 8,
    codeSelector: 8,
    dataSelector: 16,
  });
  // mov eax, 5; fld1; sub eax, 7; and then it jumps to itself.
  const start = [0xb8, 5, 0, 0, 0, 0xd9, 0xe8, 0x2d, 7, 0, 0, 0];
  load(first, CODE, [...start, 0xeb, 0xfe]);
  first.runSlice();
  first.serialInput(Uint8Array.of(65, 66));
  const saved = first.save();

  const second = await make();
  second.restore(structuredClone(saved));
  const again = second.save();
  expect(again.ram).toEqual(saved.ram);
  expect(again.cpu.v86[REGISTERS]).toEqual(saved.cpu.v86[REGISTERS]);
  expect(again.cpu.serialInput).toEqual([65, 66]);
  // sets bl; hlt: the difference was negative.
  load(second, CODE + start.length, [0x0f, 0x98, 0xc3, 0xf4]);
  second.runSlice();
  expect(second.stopped).toBe(true);
  expect((second.save().cpu.v86[REGISTERS] as Int32Array)[EBX]).toBe(1);
});
