import { MachineError } from '../errors.ts';
import { copyAttached } from './copy-attached.ts';
import type { Disk } from './disk.ts';
import type { DiskProgress, DiskWorkOptions } from './disk-work.ts';

/**
 * How a page has a kept disk copied that a machine of another page has, or of its own: it asks all pages
 * of the origin over a BroadcastChannel, and the one that has the disk copies it and answers.
 */
const CHANNEL = 'ringbox kept disks';
/** Milliseconds within which a page that has the disk begins to answer. */
const LONGEST_ANSWER = 2000;
/** Milliseconds that the last answer of a page may take which has let go of the task's lock. */
const LONGEST_LAST_ANSWER = 1000;
/**
 * Milliseconds that the page which copies has to end after it was told to, longer than its own patience
 * with its worker.
 */
export const LONGEST_CANCELLATION = 6000;

/** What the pages say to each other about the task `id`. */
type Message = { id: string } & (
  | { kind: 'copy'; from: string; to: string }
  | { kind: 'cancel' }
  | { kind: 'accepted' }
  | { kind: 'progress'; progress: DiskProgress }
  | { kind: 'done' }
  | { kind: 'failed'; failure: Pick<MachineError, 'code' | 'message' | 'remedy'> }
);

/** A machine with disks that others may ask for. */
export interface MachineWithDisks {
  readonly disks: readonly Disk[];
  atRest<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Copies the kept disks of a machine for whoever asks. */
export class KeptDiskServer {
  readonly #machine: MachineWithDisks;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #tasks = new Map<string, AbortController>();

  constructor(machine: MachineWithDisks) {
    this.#machine = machine;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
  }

  /** The machine has no disks any more. */
  dispose(): void {
    const gone = new MachineError('disposed', 'The machine was disposed.', 'Try again.');
    for (const [id, task] of this.#tasks) {
      this.#fail(id, gone);
      task.abort(gone);
    }
    this.#tasks.clear();
    this.#channel.close();
  }

  #hear(message: Message): void {
    if (message.kind === 'cancel') this.#tasks.get(message.id)?.abort();
    if (message.kind !== 'copy') return;
    const disk = this.#machine.disks.find(({ kept }) => kept === message.from);
    if (disk !== undefined) void this.#copy(message.id, disk, message.to);
  }

  async #copy(id: string, disk: Disk, to: string): Promise<void> {
    const task = new AbortController();
    this.#tasks.set(id, task);
    // While this page lives it has the lock.
    await navigator.locks.request(taskLock(id), async () => {
      this.#say({ id, kind: 'accepted' });
      const onProgress = (progress: DiskProgress) => this.#say({ id, kind: 'progress', progress });
      const options = { signal: task.signal, onProgress };
      try {
        task.signal.throwIfAborted();
        await this.#machine.atRest(() => copyAttached(disk, to, options));
        this.#say({ id, kind: 'done' });
      } catch (error) {
        this.#fail(id, error);
      }
    });
    this.#tasks.delete(id);
  }

  #fail(id: string, error: unknown): void {
    const known = error instanceof MachineError;
    const { code, message, remedy } = known ? error : unexplained(error);
    this.#say({ id, kind: 'failed', failure: { code, message, remedy } });
  }

  #say(message: Message): void {
    if (this.#tasks.has(message.id)) this.#channel.postMessage(message);
  }
}

function taskLock(id: string): string {
  return `ringbox task ${id}`;
}

function unexplained(error: unknown): MachineError {
  const why = error instanceof Error ? error.message : String(error);
  const message = `The tab that has the disk could not copy it: ${why}.`;
  return new MachineError('disk-unreadable', message, 'Try again, or reload that tab.');
}

/**
 * Has a kept disk copied by the page that has it.
 * @returns false when none has answered in time
 * @throws MachineError; the reason of `options.signal` once that is given
 */
export async function askForCopy(
  from: string,
  to: string,
  options: DiskWorkOptions,
): Promise<boolean> {
  options.signal?.throwIfAborted();
  const task = new AskedTask(options);
  try {
    return await task.copy(from, to);
  } finally {
    task.close();
  }
}

/** A task that another page is asked for. */
class AskedTask {
  readonly #id = crypto.randomUUID();
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #options: DiskWorkOptions;
  readonly #accepted = Promise.withResolvers<boolean>();
  readonly #over = Promise.withResolvers<void>();
  readonly #cancel = () => {
    this.#withdraw();
    // Who copies has its time to end; one that hangs is not waited for.
    const reason = this.#options.signal?.reason;
    this.#timer = setTimeout(() => this.#over.reject(reason), LONGEST_CANCELLATION);
  };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DiskWorkOptions) {
    this.#options = options;
    this.#over.promise.catch(() => {}); // there may be an end before anybody waits for it
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.id === this.#id) this.#hear(data);
    };
    options.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  async copy(from: string, to: string): Promise<boolean> {
    this.#say({ id: this.#id, kind: 'copy', from, to });
    this.#timer = setTimeout(() => this.#withdraw(), LONGEST_ANSWER);
    const accepted = await this.#accepted.promise;
    if (!accepted) {
      this.#options.signal?.throwIfAborted();
      return false;
    }
    void this.#watch();
    try {
      await this.#over.promise;
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      throw error;
    }
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#cancel);
    this.#channel.close();
  }

  /** Whoever hears of the task only now, hears as well that nobody waits for it any more. */
  #withdraw(): void {
    clearTimeout(this.#timer);
    this.#say({ id: this.#id, kind: 'cancel' });
    this.#accepted.resolve(false);
  }

  #hear(message: Message): void {
    if (message.kind === 'accepted') {
      clearTimeout(this.#timer);
      this.#accepted.resolve(true);
    } else if (message.kind === 'progress') this.#options.onProgress?.(message.progress);
    else if (message.kind === 'done') this.#over.resolve();
    else if (message.kind === 'failed') {
      const { code, message: text, remedy } = message.failure;
      this.#over.reject(new MachineError(code, text, remedy));
    }
  }

  /** The page that has the disk holds the task's lock as long as it lives and is not done. */
  async #watch(): Promise<void> {
    await navigator.locks.request(taskLock(this.#id), () => {});
    const message = 'The tab that has the disk was closed before it had copied it.';
    const gone = new MachineError('disk-in-use', message, 'Try again.');
    setTimeout(() => this.#over.reject(gone), LONGEST_LAST_ANSWER);
  }

  #say(message: Message): void {
    this.#channel.postMessage(message);
  }
}
