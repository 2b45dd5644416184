import { DeviceError } from '../../errors.ts';
import { BLOCK_SIZE } from './block-cache.ts';
import { type ByteSource, newStatistics } from './byte-source.ts';
import { type Clock, REAL_CLOCK } from './clock.ts';
import {
  type Answer,
  difference,
  type ImageIdentity,
  readAnswer,
  readBody,
} from './http-answer.ts';
import { type Patience, retry, TransientError } from './retry.ts';

/** What the source needs of its surroundings; tests replace it. */
export interface HttpSurroundings {
  fetch: typeof fetch;
  clock: Clock;
  random: () => number;
}

const BROWSER: HttpSurroundings = {
  fetch: (...given) => fetch(...given),
  clock: REAL_CLOCK,
  random: Math.random,
};

/** Somebody waits for the machine to start: two seconds at most. */
const OPENING: Patience = { tries: 4, firstDelay: 250, longestDelay: 2000 };
/** A running guest rather waits than loses its disk: about half a minute. */
const RUNNING: Patience = { tries: 8, firstDelay: 250, longestDelay: 10_000 };
/**
 * A request of which nothing was heard for so long, in milliseconds, is given up. With all tries
 * that makes less than the two minutes after which Linux complains of a disk.
 */
const LONGEST_SILENCE = 10_000;

/**
 * An image at a URL, of which parts are fetched by Range requests (RFC 9110, 14). The image must
 * stay what it was when it was opened: once an answer tells otherwise, nothing is read any more.
 */
export class HttpSource implements ByteSource {
  readonly statistics = newStatistics();
  readonly #url: string;
  readonly #name: string;
  readonly #surroundings: HttpSurroundings;
  /** Ends the pauses between tries. */
  readonly #closing = new AbortController();
  /** Ends each request that is under way. */
  readonly #underWay = new Set<AbortController>();
  #identity: ImageIdentity | null = null;
  #broken: DeviceError | null = null;

  private constructor(url: string, name: string, surroundings: HttpSurroundings) {
    this.#url = url;
    this.#name = name;
    this.#surroundings = surroundings;
  }

  /**
   * Asks for the beginning of the image, which tells all about it.
   * @param name what messages call it
   * @returns the source, and the first BLOCK_SIZE bytes, or all if there are fewer
   * @throws DeviceError when there is no image, or parts of it cannot be had
   */
  static async open(
    url: string,
    name: string,
    surroundings: Partial<HttpSurroundings> = {},
  ): Promise<{ source: HttpSource; head: Uint8Array }> {
    if (!/^https?:/.test(url)) {
      const message = `${name}: ${url} is no http or https address`;
      throw new DeviceError('image-unreachable', message);
    }
    const source = new HttpSource(url, name, { ...BROWSER, ...surroundings });
    const head = new Uint8Array(BLOCK_SIZE);
    source.#identity = await source.#request(0, head, OPENING);
    return { source, head: head.subarray(0, source.size) };
  }

  get size(): number {
    return this.identity.size;
  }

  get identity(): ImageIdentity {
    if (this.#identity === null) throw new Error('the source is not open');
    return this.#identity;
  }

  get fingerprint(): string {
    const { size, etag, lastModified } = this.identity;
    return `${this.#url} (${size} bytes, ${etag ?? lastModified ?? 'of no known version'})`;
  }

  get broken(): DeviceError | null {
    return this.#broken;
  }

  async read(offset: number, target: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    await this.#request(offset, target, RUNNING);
  }

  close(): void {
    const reason = new DOMException(`${this.#name} is closed`, 'AbortError');
    this.#closing.abort(reason);
    for (const attempt of this.#underWay) attempt.abort(reason);
  }

  /** @param target takes the bytes that there are up to the end of the image */
  async #request(offset: number, target: Uint8Array, patience: Patience): Promise<ImageIdentity> {
    const { clock, random } = this.#surroundings;
    const parts = { ...patience, clock, random, signal: this.#closing.signal };
    try {
      return await retry((number) => this.#attempt(number, offset, target), parts);
    } catch (reason) {
      const error = reason instanceof TransientError ? this.#unreachable(reason) : reason;
      if (error instanceof DeviceError) this.statistics.failure = error.message;
      throw error;
    }
  }

  /** One request, of which nothing is left over when it fails. */
  async #attempt(number: number, offset: number, target: Uint8Array): Promise<ImageIdentity> {
    this.statistics.requests++;
    if (number > 1) this.statistics.retries++;
    const ended = new AbortController();
    const silence = new Silence(this.#surroundings.clock, ended);
    this.#underWay.add(ended);
    try {
      this.#closing.signal.throwIfAborted();
      const response = await this.#fetch(offset, target.length, ended.signal);
      silence.heard();
      const { last, identity } = this.#check(readAnswer(response), offset, target.length);
      const onBytes = (count: number) => {
        silence.heard();
        this.statistics.transferred += count;
      };
      await readBody(response, target.subarray(0, last - offset + 1), onBytes);
      return identity;
    } catch (reason) {
      if (this.#closing.signal.aborted || reason instanceof DeviceError) throw reason;
      if (reason instanceof TransientError) throw reason;
      // What fetch and the body throw says little: that the network is at fault is all.
      throw new TransientError((reason as Error).message, { cause: reason });
    } finally {
      silence.end();
      this.#underWay.delete(ended);
      ended.abort(); // an answer whose body is not wanted would go on coming
    }
  }

  #fetch(offset: number, length: number, signal: AbortSignal): Promise<Response> {
    return this.#surroundings.fetch(this.#url, {
      headers: { Range: `bytes=${offset}-${offset + length - 1}` },
      // The browser's cache lets requests for one URL wait for each other.
      cache: 'no-store',
      signal,
    });
  }

  /** @throws DeviceError unless it is the answer to this request, about the image that was opened */
  #check(answer: Answer, offset: number, length: number) {
    const before = this.#identity;
    if (answer.kind === 'refused') throw this.#missing(answer.status);
    if (answer.kind === 'beyond') throw before ? this.#changed('it is shorter') : this.#empty();
    const change = before && difference(before, answer.identity);
    if (change) throw this.#changed(change);
    if (answer.kind === 'no-ranges') throw this.#noRanges(answer.why);
    const last = Math.min(offset + length, answer.identity.size) - 1;
    if (answer.first === offset && answer.last === last) return answer;
    const range = `${answer.first} to ${answer.last} instead of ${offset} to ${last}`;
    throw this.#noRanges(`it sent bytes ${range}`);
  }

  #changed(how: string): DeviceError {
    const message = `${this.#name} has changed on the server while it was in use: ${how}`;
    this.#broken = new DeviceError('image-changed', message);
    return this.#broken;
  }

  #noRanges(why: string): DeviceError {
    const message = `${this.#name} cannot be read in parts from ${this.#url}: ${why}`;
    return new DeviceError('image-no-ranges', message);
  }

  #missing(status: number): DeviceError {
    const message = `${this.#name} is not at ${this.#url}: the server answered ${status}`;
    return new DeviceError('image-missing', message);
  }

  #empty(): DeviceError {
    return new DeviceError('disk-size', `${this.#name} is empty: a disk needs some bytes`);
  }

  #unreachable(reason: TransientError): DeviceError {
    // Why fetch has failed, no page is told; the origin tells whether permission may be the reason.
    const silent = reason.cause instanceof TypeError;
    const foreign = new URL(this.#url).origin !== globalThis.location?.origin;
    const why = silent ? 'the server cannot be reached' : 'the server does not deliver it';
    const permission = ', or does not allow pages of this origin to read it (CORS)';
    const reasons = `${why}${silent && foreign ? permission : ''} (${reason.message})`;
    const message = `${this.#name} cannot be read from ${this.#url}: ${reasons}`;
    return new DeviceError('image-unreachable', message, reason);
  }
}

/** Ends a request of which nothing is heard. */
class Silence {
  readonly #clock: Clock;
  readonly #request: AbortController;
  #forget = () => {};

  constructor(clock: Clock, request: AbortController) {
    this.#clock = clock;
    this.#request = request;
    this.heard();
  }

  heard(): void {
    this.#forget();
    this.#forget = this.#clock.after(LONGEST_SILENCE, () => {
      const seconds = LONGEST_SILENCE / 1000;
      this.#request.abort(new TransientError(`nothing came for ${seconds} seconds`));
    });
  }

  end(): void {
    this.#forget();
  }
}
