/** Just enough of a WebAssembly assembler to write the modules that tests look at. */

export type Bytes = readonly number[];

/** Unsigned LEB128. */
export function number(value: number): Bytes {
  const rest = Math.floor(value / 128);
  return rest === 0 ? [value] : [(value % 128) | 0x80, ...number(rest)];
}

export function name(text: string): Bytes {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

export function vector(items: readonly Bytes[]): Bytes {
  return [...number(items.length), ...items.flat()];
}

export function section(identifier: number, content: Bytes): Bytes {
  return [identifier, ...number(content.length), ...content];
}

export function moduleOf(sections: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...sections.flat()]);
}

export function importOf(field: string, description: Bytes): Bytes {
  return [...name('e'), ...name(field), ...description];
}

export const FUNCTION_IMPORT: Bytes = [0x00, 0x00];
export const TABLE_IMPORT: Bytes = [0x01, 0x70, 0x00, 0x01];
export const BOUNDED_TABLE_IMPORT: Bytes = [0x01, 0x70, 0x01, 0x01, ...number(200)];

export function memoryImport(minimum: number, maximum?: number): Bytes {
  const limits = maximum === undefined ? [0x00] : [0x01];
  return [0x02, ...limits, ...number(minimum), ...(maximum === undefined ? [] : number(maximum))];
}

/**
 * A module like those of v86's JIT: it imports what it uses from `e`, and exports a function `f`,
 * here one that adds 1 to the word at address 16 and returns it.
 */
export function jitModule(imports: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  // The kind comes after the module's name, "e", and the field's.
  const functions = imports.filter((item) => item[3 + item[2]] === FUNCTION_IMPORT[0]).length;
  const code = [
    0x00, // no locals
    ...[0x41, 0x10, 0x41, 0x10], // i32.const 16, i32.const 16
    ...[0x28, 0x02, 0x00, 0x41, 0x01, 0x6a], // i32.load, i32.const 1, i32.add
    ...[0x36, 0x02, 0x00], // i32.store
    ...[0x41, 0x10, 0x28, 0x02, 0x00, 0x0b], // i32.const 16, i32.load, end
  ];
  return moduleOf([
    section(1, vector([[0x60, 0x00, 0x01, 0x7f]])),
    section(2, vector(imports)),
    section(3, vector([[0x00]])),
    section(7, vector([[...name('f'), 0x00, ...number(functions)]])),
    section(10, vector([[...number(code.length), ...code]])),
  ]);
}
