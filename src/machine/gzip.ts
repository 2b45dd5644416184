type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = [0x1f, 0x8b];

/** Bytes that `isGzip` looks at. */
export const GZIP_MAGIC_LENGTH = MAGIC.length;

/** Whether a file that begins so is under gzip. */
export function isGzip(head: Uint8Array): boolean {
  return MAGIC.every((byte, index) => head[index] === byte);
}

/** What is under gzip. The stream fails, at its end at the latest, where that is damaged. */
export function gunzip(packed: ReadableStream<Bytes>): ReadableStream<Bytes> {
  return packed.pipeThrough(new DecompressionStream('gzip') as TransformStream<Bytes, Bytes>);
}
