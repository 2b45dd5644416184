import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  KNOWN_EMULATOR,
  shareEmulatorMemory,
  shareImportedMemory,
  UnknownEmulatorError,
} from '../../../src/emulator/shared-wasm.ts';
import {
  BOUNDED_TABLE_IMPORT,
  FUNCTION_IMPORT,
  importOf,
  jitModule,
  memoryImport,
  moduleOf,
  section,
  TABLE_IMPORT,
  vector,
} from './wasm-writer.ts';

describe('the emulator', () => {
  let binary: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    const path = new URL('../../../node_modules/v86/build/v86.wasm', import.meta.url);
    binary = new Uint8Array(await readFile(path));
  });

  /** Imports that do nothing, of the kinds that the module asks for. */
  function stubs(module: WebAssembly.Module): WebAssembly.Imports {
    const imports: Record<string, WebAssembly.ModuleImports> = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] =
        kind === 'table' ? new WebAssembly.Table({ element: 'anyfunc', initial: 2000 }) : () => 0;
    }
    return imports;
  }

  test('has a memory that is shared, once it is rewritten, and grows', async () => {
    const before = await WebAssembly.compile(binary);
    const module = await WebAssembly.compile(await shareEmulatorMemory(binary));
    expect(WebAssembly.Module.exports(module)).toEqual(WebAssembly.Module.exports(before));
    expect(WebAssembly.Module.imports(module)).toEqual(WebAssembly.Module.imports(before));
    const { exports } = await WebAssembly.instantiate(module, stubs(module));
    const memory = exports.memory as WebAssembly.Memory;
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    const { byteLength } = memory.buffer;
    memory.grow(1);
    expect(memory.buffer.byteLength).toBe(byteLength + 65536);
  });

  test('is changed in its memory section and nowhere else, and the original not at all', async () => {
    const original = binary.slice();
    const shared = await shareEmulatorMemory(binary);
    expect(Buffer.compare(binary, original)).toBe(0);
    let start = 0;
    while (shared[start] === original[start]) start++;
    let end = 1;
    while (shared[shared.length - end] === original[original.length - end]) end++;
    expect(shared.length - start - end).toBeLessThan(8);
    expect(shared.length - original.length).toBeLessThan(8);
  });

  test('is refused by name and version when any byte of it is another', async () => {
    const last = binary.length - 1;
    const random = fc.sample(fc.nat(last), 6);
    for (const position of [0, 8, last, ...random]) {
      const changed = binary.slice();
      changed[position] ^= 1;
      const refusal = shareEmulatorMemory(changed);
      await expect(refusal).rejects.toThrow(UnknownEmulatorError);
      await expect(refusal).rejects.toThrow(KNOWN_EMULATOR.version);
      await expect(refusal).rejects.toThrow(KNOWN_EMULATOR.sha256);
    }
  });

  test('is refused when it is cut short, longer, or not there', async () => {
    const longer = new Uint8Array(binary.length + 1);
    longer.set(binary);
    for (const other of [binary.slice(0, -1), longer, new Uint8Array(0)]) {
      await expect(shareEmulatorMemory(other)).rejects.toThrow(UnknownEmulatorError);
    }
  });

  test('is the version that the package names', async () => {
    const path = new URL('../../../node_modules/v86/package.json', import.meta.url);
    const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
    expect(KNOWN_EMULATOR.version).toContain(version);
  });
});

describe('a module of the JIT', () => {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true });
  const environment = {
    e: {
      g: () => 0,
      t: new WebAssembly.Table({ element: 'anyfunc', initial: 1, maximum: 200 }),
      m: memory,
    },
  };
  const func = importOf('g', FUNCTION_IMPORT);
  const table = importOf('t', TABLE_IMPORT);
  const boundedTable = importOf('t', BOUNDED_TABLE_IMPORT);

  /** Runs the module on shared memory. */
  async function run(code: Uint8Array<ArrayBuffer>): Promise<void> {
    const { instance } = await WebAssembly.instantiate(code, environment);
    const words = new Int32Array(memory.buffer);
    words[4] = 41;
    expect((instance.exports.f as () => number)()).toBe(42);
    expect(words[4]).toBe(42);
  }

  const orders = {
    'the memory alone': [importOf('m', memoryImport(1))],
    'the memory after functions': [func, func, importOf('m', memoryImport(1))],
    'the memory before functions': [importOf('m', memoryImport(1)), func, func],
    'the memory after a table': [table, func, importOf('m', memoryImport(2))],
    'the memory after a table with a maximum': [boundedTable, importOf('m', memoryImport(0)), func],
    'a memory with a maximum': [func, importOf('m', memoryImport(1, 300)), table],
    'a memory with the largest maximum': [importOf('m', memoryImport(1, 65536)), boundedTable],
  };

  test.each(Object.entries(orders))(
    '%s: works on shared memory afterwards, and only then',
    async (_, imports) => {
      const code = jitModule(imports);
      expect(WebAssembly.validate(code)).toBe(true);
      await expect(WebAssembly.instantiate(code, environment)).rejects.toThrow(
        WebAssembly.LinkError,
      );
      await run(shareImportedMemory(code));
    },
  );

  test('may have a section whose length grows by a byte', async () => {
    // Names of every length around the place where one byte of LEB128 becomes two.
    for (let length = 90; length < 130; length++) {
      const field = 'x'.repeat(length);
      const code = jitModule([importOf(field, FUNCTION_IMPORT), importOf('m', memoryImport(1))]);
      const shared = shareImportedMemory(code);
      expect(WebAssembly.validate(shared)).toBe(true);
      const imports = { e: { ...environment.e, [field]: () => 0 } };
      await expect(WebAssembly.instantiate(shared, imports)).resolves.toBeDefined();
    }
  });

  test('may have other sections before the imports', () => {
    const code = jitModule([importOf('m', memoryImport(1))]);
    const custom = [0, 5, 4, ...new TextEncoder().encode('note')];
    const annotated = Uint8Array.from([...code.slice(0, 8), ...custom, ...code.slice(8)]);
    expect(WebAssembly.validate(annotated)).toBe(true);
    expect(WebAssembly.validate(shareImportedMemory(annotated))).toBe(true);
  });

  test('may lie in shared memory, and is copied out of it', async () => {
    const code = jitModule([importOf('m', memoryImport(1))]);
    const shared = new Uint8Array(new SharedArrayBuffer(code.length + 7), 7);
    shared.set(code);
    const copy = shareImportedMemory(shared);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    expect([...shared]).toEqual([...code]);
    await expect(WebAssembly.instantiate(copy, environment)).resolves.toBeDefined();
  });

  test('that imports no memory is an error', () => {
    expect(() => shareImportedMemory(moduleOf([]))).toThrow('no section');
    expect(() => shareImportedMemory(moduleOf([section(2, vector([func]))]))).toThrow(
      'no imported memory',
    );
  });

  test('that imports something unknown is an error', () => {
    const tag = importOf('x', [0x04, 0x00, 0x00]);
    expect(() => shareImportedMemory(moduleOf([section(2, vector([tag]))]))).toThrow(
      'unknown kind 4',
    );
  });

  test('with a number that never ends is an error', () => {
    const endless = moduleOf([[2, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]]);
    expect(() => shareImportedMemory(endless)).toThrow('longer than 32 bits');
  });

  test('that is cut short anywhere gives an error, and never one that works', () => {
    for (const imports of Object.values(orders)) {
      const code = jitModule(imports);
      for (let length = 0; length < code.length; length++) {
        const cut = code.slice(0, length);
        let result: Uint8Array<ArrayBuffer> | null = null;
        try {
          result = shareImportedMemory(cut);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        // Cut between two sections it is a module still, though without its function.
        if (result !== null) expect(WebAssembly.validate(result)).toBe(WebAssembly.validate(cut));
      }
    }
  });
});
