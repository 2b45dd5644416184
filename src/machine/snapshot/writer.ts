import { Work } from '../../devices/block/work.ts';
import { inEqualPieces, streamOf } from '../../disk-work/bytes.ts';
import type { DiskWorkOptions } from '../disks/disk-work.ts';
import { fileHeader, makeRecord, PIECE_LENGTH, RecordKind } from './format.ts';
import { encodePlainData } from './plain-data.ts';
import type { Snapshot } from './snapshot.ts';

export interface SnapshotStreamOptions extends DiskWorkOptions {
  /** Makes it a third as long, and takes several times as long, also to read: true unless told. */
  compress?: boolean;
}

/** The bytes of a snapshot as README.md tells, a record at a time, as they are wanted. */
export function writeSnapshot(
  { info, state }: Snapshot,
  { compress = true, ...watch }: SnapshotStreamOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { text, arrays } = encodePlainData(state);
  const encoder = new TextEncoder();
  const bytes = arrays.reduce((sum, array) => sum + array.length, 0);
  const parts = [
    { kind: RecordKind.info, pieces: [encoder.encode(JSON.stringify({ info, bytes }))] },
    { kind: RecordKind.text, pieces: inEqualPieces([encoder.encode(text)], PIECE_LENGTH) },
    { kind: RecordKind.bytes, pieces: inEqualPieces(arrays, PIECE_LENGTH) },
    { kind: RecordKind.end, pieces: [new Uint8Array(0)] },
  ];
  return streamOf(recordsOf(parts, compress, watch, bytes));
}

interface Part {
  kind: RecordKind;
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

async function* recordsOf(
  parts: readonly Part[],
  compress: boolean,
  { signal, onProgress }: DiskWorkOptions,
  total: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined, undefined> {
  const work = new Work({ signal, onProgress: (done) => onProgress?.({ done, total }) }, total);
  yield fileHeader();
  let position = 0;
  for (const { kind, pieces } of parts) {
    for await (const piece of pieces) {
      const payload = compress ? await pack(piece) : piece;
      const { length } = piece;
      const header = { kind, position, stored: payload.length, length, isPacked: compress };
      yield makeRecord(header, payload);
      position++;
      if (kind === RecordKind.bytes) await work.advance(length);
    }
  }
  work.finish();
}

async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
