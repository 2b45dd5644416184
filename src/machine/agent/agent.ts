import { Deferred } from '../deferred.ts';
import { MachineError } from '../errors.ts';
import { startTimer } from '../timer.ts';
import { Call } from './call.ts';
import {
  clock,
  encodeFrame,
  type Frame,
  FrameReader,
  FrameType,
  greeting,
  joined,
  LONGEST_COMMAND,
  seed,
  wordOf,
} from './frames.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The name of the agent's port, and the word on the kernel's command line that has init start it. */
export const AGENT_NAME = 'ringbox.agent';

const STANDARD_TIMEOUT = 60_000;

/** Bytes that a command may print. */
const LONGEST_OUTPUT = 256 * 1024 * 1024;

/** Bytes of its output that an error shows. */
const SHOWN_OUTPUT = 1000;

/** A command that was killed has so long to end before the next one is begun, in milliseconds. */
const KILL_TIME = 5000;

export interface ExecOptions {
  /** What the command reads from its standard input; nothing unless told. */
  input?: string | Uint8Array | Blob;
  /**
   * Milliseconds until the command is killed and fails, the time included in which the guest boots
   * and others run: 60,000 unless told, `Infinity` for no limit.
   */
  timeout?: number;
}

/** What came of a shell command. */
export interface ExecResult {
  /** What it printed on its standard output, as UTF-8. */
  output: string;
  /** What it printed on its standard error. */
  errors: string;
  /** Its exit status, 0 to 255; 128 and the signal's number when it was killed by one. */
  status: number;
}

/** The same in bytes. */
export interface ExecBytes {
  output: Bytes;
  errors: Bytes;
  status: number;
}

/** What the agent's port is for it. */
interface AgentPort {
  readonly output: ReadableStream<Bytes>;
  write(data: Uint8Array): Promise<void>;
}

/**
 * The host's side of the agent (guest/programs/agent/agent.c): runs commands in the guest, one
 * after the other.
 */
export class Agent {
  readonly #port: AgentPort;
  readonly #lastWords: () => string;
  readonly #reader = new FrameReader();
  readonly #encoder = new TextEncoder();
  /** Those that somebody waits for, in order. */
  readonly #calls = new Set<Call>();
  /** The one whose command was begun last. */
  #running: Call | null = null;
  #ready = new Deferred<void>();
  #isReady = false;
  #greetingId = 0;
  /** Resolves when the next command may begin. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param lastWords what the guest's console has said last, for messages */
  constructor(port: AgentPort, lastWords: () => string) {
    this.#port = port;
    this.#lastWords = lastWords;
    void port.output.pipeTo(new WritableStream({ write: (bytes) => this.#receive(bytes) }));
  }

  /** The guest starts anew, or goes on with another host: its agent is called. */
  greet(): void {
    this.guestEnded('The guest was started anew');
    this.#greetingId = newId();
    this.#reader.await(this.#greetingId);
    void this.#port.write(greeting(this.#greetingId));
  }

  /**
   * The guest goes on from a snapshot: it is told the time, and random bytes that no other machine has that goes on
   * from the same. Behind the greeting, which calls its agent.
   */
  tellRestored(): void {
    this.greet();
    void this.#port.write(clock(this.#greetingId, Date.now()));
    for (let times = 0; times < 2; times++) void this.#port.write(seed(this.#greetingId));
  }

  /** Nobody answers any more: whoever waits is told why. @param end 'The guest is off' */
  guestEnded(end: string): void {
    this.#isReady = false;
    this.#ready = new Deferred<void>();
    this.#turn = Promise.resolve();
    for (const call of this.#calls) call.fail(endedBefore(call, end));
  }

  /**
   * Runs a command.
   * @throws MachineError 'timeout', 'guest-ended', 'command-too-long', 'output-too-long'
   */
  async run(command: string, options: ExecOptions = {}): Promise<ExecBytes> {
    const text = this.#encoder.encode(`${command}\0`);
    if (text.length > LONGEST_COMMAND) throw tooLong(text.length);
    const { timeout = STANDARD_TIMEOUT } = options;
    const call = new Call(newId(), command);
    this.#calls.add(call);
    const timer = startTimer(timeout, () => call.fail(this.#tooLate(call, timeout)));
    try {
      const input = await bytesOf(options.input);
      return await this.#inTurn(call, () => this.#perform(call, text, input));
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
    }
  }

  async #inTurn<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turn;
    const over = new Deferred<void>();
    this.#turn = over.promise;
    try {
      await call.unlessFailed(before);
      await call.unlessFailed(this.#ready.promise);
      return await call.unlessFailed(work());
    } finally {
      void before.then(() => this.#untilEnded(call)).then(over.resolve);
    }
  }

  async #perform(call: Call, text: Bytes, input: Bytes): Promise<ExecBytes> {
    call.runs = true;
    this.#running = call;
    await this.#port.write(encodeFrame(FrameType.start, call.id, text));
    void this.#feed(call, input);
    const status = await call.status;
    return { output: joined(call.output), errors: joined(call.errors), status };
  }

  async #feed(call: Call, input: Bytes): Promise<void> {
    for (let at = 0; at < input.length && this.#calls.has(call); await call.untilWindow()) {
      const piece = input.subarray(at, at + call.takeWindow(input.length - at));
      at += piece.length;
      if (piece.length > 0) await this.#port.write(encodeFrame(FrameType.input, call.id, piece));
    }
    await this.#port.write(encodeFrame(FrameType.end, call.id));
  }

  /** The command of a call that has failed is killed, and may take its time. */
  async #untilEnded(call: Call): Promise<void> {
    if (!call.runs) return;
    void this.#port.write(encodeFrame(FrameType.kill, call.id));
    const tooLong = new Promise((resolve) => setTimeout(resolve, KILL_TIME));
    await Promise.race([call.status, tooLong]);
  }

  #receive(bytes: Uint8Array): void {
    for (const frame of this.#reader.read(bytes)) this.#hear(frame);
  }

  #hear(frame: Frame): void {
    if (frame.type === FrameType.ready && frame.id === this.#greetingId) {
      this.#isReady = true;
      this.#ready.resolve();
    }
    const call = this.#running;
    if (call?.id === frame.id) this.#hearOf(call, frame);
  }

  #hearOf(call: Call, frame: Frame): void {
    if (frame.type === FrameType.status) call.ended(wordOf(frame));
    if (frame.type === FrameType.taken) call.openWindow(wordOf(frame));
    const pieces = { [FrameType.output]: call.output, [FrameType.errors]: call.errors }[frame.type];
    if (pieces === undefined) return;
    call.length += frame.payload.length;
    if (call.length > LONGEST_OUTPUT) call.fail(printedTooMuch(call));
    else pieces.push(frame.payload);
  }

  #tooLate(call: Call, timeout: number): MachineError {
    const [message, remedy] = this.#whyTooLate(call, timeout);
    return new MachineError('timeout', message, remedy);
  }

  #whyTooLate(call: Call, timeout: number): [message: string, remedy: string] {
    const command = quote(call.command);
    if (!this.#isReady) {
      return [
        `The guest's agent has not answered within ${timeout} ms, so ${command} was not run. Its console: ${this.#lastWords()}`,
        'See how far the guest came. It has to start `ringbox-agent`, as the default guest does.',
      ];
    }
    if (!call.runs) {
      return [
        `${command} could not begin within ${timeout} ms: ${quote(this.#running?.command ?? '')} has not ended.`,
        'Commands run one after the other; end what is to go on for long with `&`.',
      ];
    }
    return [
      `${command} has not ended within ${timeout} ms, and was killed. ${lastOf(call)}`,
      'See what it waits for, or give it more time with `timeout`.',
    ];
  }
}

/** A number that no earlier life of the agent has heard. */
function newId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

function endedBefore(call: Call, end: string): MachineError {
  const message = `${end}, and ${quote(call.command)} had not ended. ${lastOf(call)}`;
  return new MachineError('guest-ended', message, 'See why it ended; `reset` starts it again.');
}

function tooLong(length: number): MachineError {
  return new MachineError(
    'command-too-long',
    `A command of ${length - 1} bytes is too long.`,
    `Give at most ${LONGEST_COMMAND - 1} bytes; more can come by \`input\`, or as a file of \`machine.files\`.`,
  );
}

function printedTooMuch({ command }: Call): MachineError {
  return new MachineError(
    'output-too-long',
    `${quote(command)} has printed more than ${LONGEST_OUTPUT} bytes, and was killed.`,
    'Have it print less, or write to a disk that is read by `disk.read`.',
  );
}

/** What a call has printed last, for a message. */
function lastOf({ output, errors }: Call): string {
  const text = [...errors.slice(-1), ...output.slice(-1)]
    .map((bytes) => new TextDecoder().decode(bytes.subarray(-SHOWN_OUTPUT)).trimEnd())
    .filter((words) => words !== '')
    .join('\n');
  return text === '' ? 'It has printed nothing.' : `The last it printed:\n${text}`;
}

function quote(command: string): string {
  const line = command.trim().split('\n')[0];
  return `\`${line.length > 60 || line !== command.trim() ? `${line.slice(0, 60)} ...` : line}\``;
}

async function bytesOf(input: ExecOptions['input'] = ''): Promise<Bytes> {
  if (typeof input === 'string') return new TextEncoder().encode(input);
  // Copied: it may be sent later, and may change until then.
  return new Uint8Array(input instanceof Blob ? await input.arrayBuffer() : input);
}
