import { Work } from '../../devices/block/work.ts';
import type { DiskWorkOptions } from '../disks/disk-work.ts';
import { MachineError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import {
  FORMAT_VERSION,
  HEADER_LENGTH,
  isSound,
  MAGIC,
  paddedLength,
  RECORD_HEADER_LENGTH,
  RecordKind,
  readRecordHeader,
} from './format.ts';
import type { SavedMachine } from './machine-state.ts';
import { decodePlainData } from './plain-data.ts';
import { Snapshot, type SnapshotInfo } from './snapshot.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads a snapshot that `writeSnapshot` has written. All of it is checked before anything is made of it.
 * @throws MachineError 'snapshot-foreign', 'snapshot-version', 'snapshot-damaged'; what the stream throws
 */
export async function readSnapshot(
  stream: ReadableStream<Bytes>,
  { signal, onProgress }: DiskWorkOptions = {},
): Promise<Snapshot> {
  const reader = new ByteReader(stream);
  try {
    checkHeader(await reader.take(HEADER_LENGTH));
    const records = new RecordReader(reader);
    const { info, bytes: total } = JSON.parse(await records.text(RecordKind.info)) as Beginning;
    const work = new Work({ signal, onProgress: (done) => onProgress?.({ done, total }) }, total);
    const { value, arrays } = decodePlainData(await records.text(RecordKind.text));
    await records.fill(arrays, (length) => work.advance(length));
    await records.end();
    work.finish();
    return new Snapshot(info, value as SavedMachine);
  } catch (error) {
    reader.cancel(error);
    // Nonsense that has the right checksum is nonsense all the same.
    throw error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError
      ? damaged('it does not hold what a snapshot holds')
      : error;
  }
}

/** The first record. */
interface Beginning {
  info: SnapshotInfo;
  /** Bytes of all arrays. */
  bytes: number;
}

function checkHeader(header: Bytes | null): void {
  const magic = new TextDecoder('latin1').decode(header?.subarray(0, MAGIC.length));
  if (header === null || magic !== MAGIC) {
    throw new MachineError(
      'snapshot-foreign',
      'This is no snapshot of a machine of Ringbox.',
      'Choose a file that `snapshot.stream()` has made.',
    );
  }
  const view = new DataView(header.buffer, header.byteOffset);
  const version = view.getUint32(MAGIC.length, true);
  if (view.getUint32(MAGIC.length + 4, true) !== 0) throw damaged('its beginning is not as it was');
  if (version === FORMAT_VERSION) return;
  throw new MachineError(
    'snapshot-version',
    `The snapshot's file has version ${version}; this is version ${FORMAT_VERSION}.`,
    'Use the version of Ringbox that made it, or start the machine anew.',
  );
}

/** The records of a file, one after the other. */
class RecordReader {
  readonly #reader: ByteReader;
  #position = 0;
  /** The record that comes next, if it was read already. */
  #next: { kind: number; payload: Bytes } | null = null;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** The text of all records of `kind` that come now. */
  async text(kind: RecordKind): Promise<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    while ((await this.#look()).kind === kind) {
      text += decoder.decode((await this.#take()).payload, { stream: true });
    }
    return text + decoder.decode();
  }

  /** Puts the bytes that come now into `arrays`, whose lengths they have together. */
  async fill(arrays: Uint8Array[], advance: (length: number) => Promise<void>): Promise<void> {
    let payload: Bytes = new Uint8Array(0);
    for (const array of arrays) {
      for (let filled = 0; filled < array.length; ) {
        if (payload.length === 0) {
          if ((await this.#look()).kind !== RecordKind.bytes) throw damaged('bytes are missing');
          payload = (await this.#take()).payload;
          await advance(payload.length);
        }
        const length = Math.min(payload.length, array.length - filled);
        array.set(payload.subarray(0, length), filled);
        payload = payload.subarray(length);
        filled += length;
      }
    }
    if (payload.length > 0) throw damaged('there are bytes that belong to nothing');
  }

  /** There is nothing more. */
  async end(): Promise<void> {
    if ((await this.#take()).kind !== RecordKind.end) throw damaged('its end is missing');
    if ((await this.#reader.take(1)) !== null) throw damaged('something follows its end');
  }

  async #look(): Promise<{ kind: number; payload: Bytes }> {
    this.#next ??= await this.#read();
    return this.#next;
  }

  async #take(): Promise<{ kind: number; payload: Bytes }> {
    const record = await this.#look();
    this.#next = null;
    return record;
  }

  async #read(): Promise<{ kind: number; payload: Bytes }> {
    const beginning = await this.#reader.peek(RECORD_HEADER_LENGTH);
    if (beginning === null) throw cutShort();
    const header = readRecordHeader(beginning);
    if (header === null) throw damaged('a part of it is not as it was');
    const length = RECORD_HEADER_LENGTH + paddedLength(header.stored);
    const record = await this.#reader.take(length);
    if (record === null) throw cutShort();
    if (!isSound(record) || header.position !== this.#position) {
      throw damaged('a part of it is not as it was');
    }
    this.#position++;
    const stored = record.subarray(RECORD_HEADER_LENGTH, RECORD_HEADER_LENGTH + header.stored);
    const payload = header.isPacked ? await unpack(stored, header.length) : stored;
    return { kind: header.kind, payload };
  }
}

/** At most `length` bytes are unpacked, whatever there is. */
async function unpack(packed: Bytes, length: number): Promise<Bytes> {
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = await new ByteReader(unpacked).take(length);
  if (bytes === null) throw damaged('a part of it cannot be unpacked');
  return bytes;
}

function cutShort(): MachineError {
  return damaged('it was cut short');
}

function damaged(what: string): MachineError {
  return new MachineError(
    'snapshot-damaged',
    `The snapshot is damaged: ${what}.`,
    'Use another copy of it, or start the machine anew.',
  );
}
