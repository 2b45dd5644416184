export type Bytes = Uint8Array<ArrayBuffer>;

/** All of a stream. Its reading ends early, with the signal's reason, when that is given. */
export async function* bytesOf(
  stream: ReadableStream<Bytes>,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      if (!(value instanceof Uint8Array)) throw new TypeError('the stream delivers no bytes');
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** The same in pieces of at most `length` bytes. */
export async function* inSmallPieces(
  pieces: AsyncIterable<Bytes>,
  length: number,
): AsyncGenerator<Bytes> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += length) yield piece.subarray(at, at + length);
  }
}

/**
 * Takes the beginning off a stream of bytes.
 * @returns its first `length` bytes, or all of a shorter one; all of it, from the beginning; and what
 *   lets go of the stream, which has to come at the end, whether all was wanted or nothing
 */
export async function peek(
  pieces: AsyncIterable<Bytes>,
  length: number,
): Promise<{ head: Bytes; whole: AsyncGenerator<Bytes>; end(): Promise<void> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first: Bytes[] = [];
  let got = 0;
  while (got < length) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value);
    got += value.length;
  }
  const head = new Uint8Array(await new Blob(first).slice(0, length).arrayBuffer());
  async function* whole() {
    yield* first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield next.value;
    }
  }
  // Not in `whole`: a generator that was never begun knows of no end.
  const end = async () => void (await iterator.return?.());
  return { head, whole: whole(), end };
}

/** Pieces of bytes as a stream, which asks for each when it is wanted. */
export function streamOf(pieces: AsyncIterable<Bytes>): ReadableStream<Bytes> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same bytes in pieces of `length`, of which only the last may be shorter; each its own. */
export async function* inEqualPieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Bytes> {
  let gathered = new Uint8Array(length);
  let filled = 0;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length; ) {
      const count = Math.min(piece.length - taken, length - filled);
      gathered.set(piece.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled < length) continue;
      yield gathered;
      gathered = new Uint8Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield gathered.subarray(0, filled);
}
