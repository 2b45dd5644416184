import { Decompress } from 'fzstd';
import { DeviceError } from '../devices/errors.ts';
import { type Bytes, inSmallPieces, streamOf } from './bytes.ts';

/**
 * Bytes that are unpacked at once. What comes out of them is in memory, all of it: of gzip at most
 * 1032 times as much, of zstd 32768 times, a block of 128 KiB for each four bytes.
 */
const GZIP_PIECE = 16 * 1024;
const ZSTD_PIECE = 1024;

/** @throws DeviceError 'disk-unreadable' when it is damaged or cut off; what `packed` throws */
export async function* unpackGzip(packed: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  let lost = false;
  async function* watched() {
    try {
      yield* inSmallPieces(packed, GZIP_PIECE);
    } catch (error) {
      lost = true;
      throw error;
    }
  }
  const gzip = new DecompressionStream('gzip') as TransformStream<Bytes, Bytes>;
  const reader = streamOf(watched()).pipeThrough(gzip).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (reason) {
    throw lost ? reason : damaged('gzip', reason);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @throws DeviceError 'disk-unreadable' when it is damaged or cut off; what `packed` throws */
export async function* unpackZstd(packed: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  let unpacked: Bytes[] = [];
  const decompress = new Decompress((bytes) => unpacked.push(bytes as Bytes));
  const push = (bytes: Bytes, final: boolean) => {
    unpacked = [];
    try {
      decompress.push(bytes, final);
    } catch (reason) {
      throw damaged('zstd', reason);
    }
    return unpacked;
  };
  for await (const piece of inSmallPieces(packed, ZSTD_PIECE)) yield* push(piece, false);
  yield* push(new Uint8Array(0), true);
}

function damaged(format: string, reason: unknown): DeviceError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new DeviceError('disk-unreadable', `The ${format} is damaged or cut off (${why})`, reason);
}
