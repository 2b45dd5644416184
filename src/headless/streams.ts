type Bytes = Uint8Array<ArrayBuffer>;

/** Takes whatever comes from a stream to a sink, waiting for the sink. Resolves at the end. */
export async function forEachChunk(
  stream: ReadableStream<Bytes>,
  take: (bytes: Bytes) => Promise<void> | void,
): Promise<void> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await take(value);
  }
}
