/** What host and agent say to each other: see guest/programs/agent/agent.c, which explains it. */
export const FrameType = {
  hello: 1,
  start: 2,
  input: 3,
  end: 4,
  kill: 5,
  clock: 6,
  seed: 7,
  ready: 65,
  output: 66,
  errors: 67,
  taken: 68,
  status: 69,
} as const;

/** Bytes of a command's text that START carries at most, the NUL included. */
export const LONGEST_COMMAND = 64 * 1024;

/** Bytes of input that may be on their way. */
export const INPUT_WINDOW = 32 * 1024;

/** Bytes of a seed: more goes into no frame that every agent passes over. Two of them make a key. */
const SEED_LENGTH = 16;

const HEADER_LENGTH = 12;

/** No frame of the agent has more bytes of payload. */
const LONGEST_PAYLOAD = 32 * 1024;

const GREETING = new TextEncoder().encode('ringbox.agent 1\0');

type Bytes = Uint8Array<ArrayBuffer>;

/** A frame of the agent's. */
export interface Frame {
  type: number;
  id: number;
  payload: Bytes;
}

/** A frame for the agent. */
export function encodeFrame(
  type: number,
  id: number,
  payload: Uint8Array = new Uint8Array(),
): Bytes {
  const frame = new Uint8Array(HEADER_LENGTH + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, id, true);
  view.setUint32(8, payload.length, true);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

/** The frame after which the agent listens, and which it answers. @param id of 32 bits */
export function greeting(id: number): Bytes {
  return encodeFrame(FrameType.hello, id, GREETING);
}

/** Tells the time, in milliseconds since 1970. @param id any */
export function clock(id: number, time: number): Bytes {
  const payload = new DataView(new ArrayBuffer(12));
  const seconds = Math.floor(time / 1000);
  payload.setUint32(0, seconds % 2 ** 32, true);
  payload.setUint32(4, Math.floor(seconds / 2 ** 32), true);
  payload.setUint32(8, Math.round((time % 1000) * 1e6), true);
  return encodeFrame(FrameType.clock, id, new Uint8Array(payload.buffer));
}

/** Random bytes for the guest's kernel. @param id any */
export function seed(id: number): Bytes {
  return encodeFrame(FrameType.seed, id, crypto.getRandomValues(new Uint8Array(SEED_LENGTH)));
}

/** The number that a frame carries; 0 if it is none. */
export function wordOf({ payload }: Frame): number {
  if (payload.length !== 4) return 0;
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
}

/**
 * Cuts what comes from the agent into frames. The guest is not trusted: whatever it writes, no more
 * is kept than a frame and a piece.
 */
export class FrameReader {
  #bytes: Bytes = new Uint8Array();
  /** The answer that is awaited; what comes before it is of an earlier life. */
  #awaited: Bytes | null = null;

  /** Passes over all until the agent has answered the greeting `id`. */
  await(id: number): void {
    this.#awaited = encodeFrame(FrameType.ready, id, GREETING);
  }

  /** Takes the next piece. @returns the frames that are complete with it */
  *read(piece: Uint8Array): Generator<Frame> {
    this.#bytes = joined([this.#bytes, piece]);
    if (this.#awaited !== null && !this.#findAwaited(this.#awaited)) return;
    while (this.#bytes.length >= HEADER_LENGTH) {
      const { buffer, byteOffset } = this.#bytes;
      const view = new DataView(buffer, byteOffset, HEADER_LENGTH);
      const length = view.getUint32(8, true);
      // Nothing that this agent says: what follows makes no sense, until it is greeted again.
      if (length > LONGEST_PAYLOAD) {
        this.#bytes = new Uint8Array();
        return;
      }
      if (this.#bytes.length < HEADER_LENGTH + length) return;
      const payload = this.#bytes.subarray(HEADER_LENGTH, HEADER_LENGTH + length);
      this.#bytes = this.#bytes.subarray(HEADER_LENGTH + length);
      yield { type: view.getUint32(0, true), id: view.getUint32(4, true), payload };
    }
  }

  /** Drops what comes before the answer. @returns whether it is there, at the beginning then */
  #findAwaited(awaited: Bytes): boolean {
    const last = this.#bytes.length - awaited.length;
    for (let at = 0; at <= last; at++) {
      if (!awaited.every((byte, index) => this.#bytes[at + index] === byte)) continue;
      this.#bytes = this.#bytes.subarray(at);
      this.#awaited = null;
      return true;
    }
    if (last >= 0) this.#bytes = this.#bytes.slice(last + 1);
    return false;
  }
}

/** The bytes of all pieces, one behind the other. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
