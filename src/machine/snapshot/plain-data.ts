/**
 * Plain data as text and arrays: what a snapshot's state is, and what JSON cannot tell of it. Arrays of numbers go
 * beside the text, as they may be large.
 */

/** In the text this key says that the object stands for something else. */
const MARK = '~';

const ARRAYS = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;

type ArrayName = keyof typeof ARRAYS;
type NumberArray = InstanceType<(typeof ARRAYS)[ArrayName]>;

/** Numbers that JSON has no words for, by our words for them. */
const NUMBERS: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** An array in the text. */
interface ArrayNote {
  [MARK]: ArrayName;
  /** Bytes. They lie behind those of all arrays before it in the text. */
  length: number;
}

/** @returns the text, and the arrays in its order @throws TypeError for what is no plain data */
export function encodePlainData(value: unknown): { text: string; arrays: Uint8Array[] } {
  const arrays: Uint8Array[] = [];
  const text = JSON.stringify(encode(value, arrays));
  return { text, arrays };
}

/**
 * The way back.
 * @returns the value, and its arrays in their order, all zero yet: their bytes are to be filled in
 * @throws Error for a text that is none of these
 */
export function decodePlainData(text: string): { value: unknown; arrays: Uint8Array[] } {
  const arrays: Uint8Array[] = [];
  const value = decode(JSON.parse(text), arrays);
  return { value, arrays };
}

function encode(value: unknown, arrays: Uint8Array[]): unknown {
  if (value === undefined) return { [MARK]: 'undefined' };
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => encode(part, arrays));
  if (ArrayBuffer.isView(value)) return encodeArray(value as NumberArray, arrays);
  if (Object.getPrototypeOf(value) !== Object.prototype || MARK in value) {
    throw new TypeError(`a ${value.constructor.name} is no plain data`);
  }
  const parts = Object.entries(value).map(([key, part]) => [key, encode(part, arrays)]);
  return Object.fromEntries(parts);
}

function encodeNumber(value: number): unknown {
  const isOrdinary = Number.isFinite(value) && !Object.is(value, -0);
  if (isOrdinary) return value;
  return { [MARK]: 'number', number: Object.is(value, -0) ? '-0' : String(value) };
}

function encodeArray(array: NumberArray, arrays: Uint8Array[]): ArrayNote {
  const { buffer, byteOffset, byteLength: length } = array;
  arrays.push(new Uint8Array(buffer, byteOffset, length));
  return { [MARK]: array.constructor.name as ArrayName, length };
}

function decode(value: unknown, arrays: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => decode(part, arrays));
  if (MARK in value) return decodeMarked(value as Record<string, unknown>, arrays);
  const parts = Object.entries(value).map(([key, part]) => [key, decode(part, arrays)]);
  return Object.fromEntries(parts);
}

function decodeMarked(note: Record<string, unknown>, arrays: Uint8Array[]): unknown {
  const mark = String(note[MARK]);
  if (mark === 'undefined') return undefined;
  if (mark === 'number') return NUMBERS[String(note.number)];
  if (!Object.hasOwn(ARRAYS, mark)) throw new TypeError(`there is no ${mark}`);
  // An array of its own, whose buffer is no longer than it.
  const buffer = new ArrayBuffer(Number(note.length));
  arrays.push(new Uint8Array(buffer));
  return new ARRAYS[mark as ArrayName](buffer);
}
