/**
 * Makes the memory of v86's WebAssembly shared.
 *
 * v86 defines its memory unshared and exports it; the modules that its JIT makes import it, again
 * as unshared. Both are changed here, in the binary: the limits of the memory get the `shared`
 * flag and a maximum, which shared memories must have. Code that works on a memory is the same
 * for either kind (WebAssembly core specification 3.0, 5.3.8 "Limits" and 5.5.5 "Import Section").
 */

/** The emulator that the rewrite knows; anything else is refused. */
export const KNOWN_EMULATOR = {
  version: 'v86 0.5.462+g5f9a90f',
  sha256: 'aa0d0e149d6b60063b85de4871e78505637ce92821e14a9f9802c4008ba2336e',
} as const;

const SECTION_IMPORT = 2;
const SECTION_MEMORY = 5;
const IMPORT_FUNCTION = 0;
const IMPORT_TABLE = 1;
const IMPORT_MEMORY = 2;
const LIMITS_HAVE_MAXIMUM = 0x01;
const LIMITS_SHARED_WITH_MAXIMUM = 0x03;
/** The largest memory of 32-bit WebAssembly: 65536 pages of 64 KiB, as LEB128. */
const MAXIMUM_PAGES = [0x80, 0x80, 0x04];
const HEADER_LENGTH = 8;

/** Thrown for a binary that is not the emulator that the rewrite knows. */
export class UnknownEmulatorError extends Error {}

/**
 * v86's own module with a shared memory.
 * @throws UnknownEmulatorError unless the binary is the known one, by checksum
 */
export async function shareEmulatorMemory(
  binary: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', binary));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (sha256 !== KNOWN_EMULATOR.sha256) {
    throw new UnknownEmulatorError(
      `v86.wasm with SHA-256 ${sha256} is not the one of ${KNOWN_EMULATOR.version} ` +
        `(${KNOWN_EMULATOR.sha256}), the only version whose memory can be shared`,
    );
  }
  const section = findSection(binary, SECTION_MEMORY);
  // One memory follows its count; its limits begin with the flags.
  return replaceLimits(binary, section, section.start + 1);
}

/**
 * A module of v86's JIT, importing the shared memory.
 * @param code any bytes, also in shared memory; they are copied
 * @throws Error for what is no module with an imported memory
 */
export function shareImportedMemory(code: Uint8Array): Uint8Array<ArrayBuffer> {
  const section = findSection(code, SECTION_IMPORT);
  const reader = new Reader(code, section.start);
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(reader.number()); // module name
    reader.skip(reader.number()); // field name
    const kind = reader.byte();
    if (kind === IMPORT_MEMORY) return replaceLimits(code, section, reader.position);
    if (kind === IMPORT_FUNCTION) reader.number();
    else if (kind === IMPORT_TABLE) reader.skipTable();
    else throw new Error(`import of unknown kind ${kind} in a module of the emulator's JIT`);
  }
  throw new Error("no imported memory in a module of the emulator's JIT");
}

interface Section {
  /** Where the section's identifier stands, its content starts, and what follows begins. */
  header: number;
  start: number;
  end: number;
}

function findSection(binary: Uint8Array, wanted: number): Section {
  const reader = new Reader(binary, HEADER_LENGTH);
  while (reader.position < binary.length) {
    const header = reader.position;
    const identifier = reader.byte();
    const length = reader.number();
    const start = reader.position;
    if (identifier === wanted) return { header, start, end: start + length };
    reader.skip(length);
  }
  throw new Error(`no section ${wanted} in a WebAssembly module`);
}

/** A copy of `binary` whose limits at `position` say: shared, the largest maximum. */
function replaceLimits(
  binary: Uint8Array,
  section: Section,
  position: number,
): Uint8Array<ArrayBuffer> {
  const reader = new Reader(binary, position);
  const flags = reader.byte();
  const minimumStart = reader.position;
  reader.number();
  const minimumEnd = reader.position;
  if ((flags & LIMITS_HAVE_MAXIMUM) !== 0) reader.number();
  const content = [
    binary.subarray(section.start, position),
    Uint8Array.of(LIMITS_SHARED_WITH_MAXIMUM),
    binary.subarray(minimumStart, minimumEnd),
    Uint8Array.from(MAXIMUM_PAGES),
    binary.subarray(reader.position, section.end),
  ];
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return concatenate([
    binary.subarray(0, section.header + 1),
    unsignedLeb128(length),
    ...content,
    binary.subarray(section.end),
  ]);
}

function concatenate(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function unsignedLeb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

class Reader {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  byte(): number {
    if (this.position >= this.#bytes.length) throw new Error('a WebAssembly module is cut short');
    return this.#bytes[this.position++];
  }

  /** An unsigned LEB128 number of up to 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new Error('a number in a WebAssembly module is longer than 32 bits');
  }

  skip(length: number): void {
    this.position += length;
  }

  skipTable(): void {
    this.byte(); // element type
    const flags = this.byte();
    this.number();
    if ((flags & LIMITS_HAVE_MAXIMUM) !== 0) this.number();
  }
}
