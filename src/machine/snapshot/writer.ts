import { Work } from '../../devices/block/work.ts';
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
    { kind: RecordKind.text, pieces: cut([encoder.encode(text)]) },
    { kind: RecordKind.bytes, pieces: cut(arrays) },
    { kind: RecordKind.end, pieces: [new Uint8Array(0)] },
  ];
  const records = recordsOf(parts, compress, watch, bytes);
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await records.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await records.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

interface Part {
  kind: RecordKind;
  pieces: Iterable<Uint8Array>;
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
    for (const piece of pieces) {
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

/** Cuts what the arrays hold, one behind the other, into pieces. */
function* cut(arrays: readonly Uint8Array[]): Generator<Uint8Array> {
  let piece = new Uint8Array(PIECE_LENGTH);
  let filled = 0;
  for (const array of arrays) {
    for (let taken = 0; taken < array.length; ) {
      const length = Math.min(array.length - taken, PIECE_LENGTH - filled);
      piece.set(array.subarray(taken, taken + length), filled);
      taken += length;
      filled += length;
      if (filled < PIECE_LENGTH) continue;
      yield piece;
      piece = new Uint8Array(PIECE_LENGTH);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
