import type { Readable } from 'node:stream';
import type { Ending, Failure, Result } from '../headless/protocol.ts';
import { Deferred } from '../machine/deferred.ts';
import type { HeadlessBrowser } from './browser.ts';
import { Cleanup } from './cleanup.ts';
import { commitAll } from './commit-disks.ts';
import type { DiskFile } from './disk-file.ts';
import { exitCodeOf, type Stop, stopError } from './ending-report.ts';
import type { HandledSignal } from './exit-codes.ts';
import { PAGE_NAME } from './headless-page.ts';
import { hostRoutes } from './host-routes.ts';
import { HttpServer } from './http-server.ts';
import { OrderQueue } from './order-queue.ts';
import { pageFileRoutes } from './page-files.ts';
import type { PlannedRun } from './planned-run.ts';
import { RunError } from './run-error.ts';
import { standardInput } from './standard-input.ts';
import { Watchdog } from './watchdog.ts';
import { followWindowSize } from './window-size.ts';

/** A page that was told to end and shows no sign of it for so long has hung. */
const STANDSTILL_MILLISECONDS = 15_000;

export interface SessionParts {
  run: PlannedRun;
  pageFolder: string;
  browser: Pick<HeadlessBrowser, 'open' | 'failed'>;
  /** Disks whose changes are written back, by their index in the plan. */
  disks: Map<number, DiskFile>;
  isCommand: boolean;
  /** Seconds; 0 for no limit. */
  timeout: number;
}

/** Why a machine is over: by itself, by our will, or because it is broken. */
type End = { result: Result } | { stop: Stop } | { broken: Failure };

/** One machine in the browser, from its making to its end, connected with this process. */
export class Session {
  readonly #parts: SessionParts;
  readonly #orders = new OrderQueue();
  readonly #result = new Deferred<Result>();
  readonly #outputClosed = new Deferred<void>();
  readonly #broken = new Deferred<Failure>();
  readonly #serverFailed = new Deferred<never>();
  readonly #cleanup = new Cleanup();
  #started = false;
  /** All changes to the disks have come over. */
  #saved = false;
  #watchdog: Watchdog | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** @returns the exit status @throws RunError for an end that is worth a line */
  async run(interrupted: Promise<HandledSignal>): Promise<number> {
    try {
      return await this.#run(interrupted);
    } catch (error) {
      if (!(error instanceof RunError) || !this.#changesAreLost) throw error;
      const lost = 'the changes to its disks are lost, the files are as they were before';
      // A signal is an end without a word of its own.
      const line = error.message ? `${error.message}; ${lost}` : lost;
      throw new RunError(error.exitCode, line, error);
    }
  }

  /** Lets go of the terminal and the page. */
  async close(): Promise<void> {
    await this.#cleanup.run();
  }

  async #run(interrupted: Promise<HandledSignal>): Promise<number> {
    const { browser, isCommand } = this.#parts;
    const input = standardInput(isCommand);
    this.#cleanup.add(input.restore);
    this.#cleanup.add(followWindowSize(this.#orders));
    const failed = Promise.race([browser.failed, this.#serverFailed.promise]);
    const stopped = this.#stopFrom(interrupted, input.left);
    const server = await this.#serve(input.stream);
    const result = this.#result.promise;
    const end = await Promise.race<End>([
      browser.open(`${server.address}${PAGE_NAME}`).then(async () => ({ result: await result })),
      this.#broken.promise.then((broken) => ({ broken })),
      stopped.then((stop) => ({ stop })),
      failed,
    ]);
    const reported = 'result' in end ? end.result : await this.#endMachine(end, failed);
    if (this.#saved) await commitAll(this.#savedDisks);
    return exitCodeOf(reported, 'stop' in end ? end.stop : undefined, isCommand);
  }

  /** Resolves when the machine has to end though it would go on. */
  async #stopFrom(interrupted: Promise<HandledSignal>, left: Promise<void>): Promise<Stop> {
    const { timeout: seconds } = this.#parts;
    const timeout = new Deferred<Stop>();
    if (seconds > 0) {
      const timer = setTimeout(() => timeout.resolve({ kind: 'timeout', seconds }), seconds * 1000);
      this.#cleanup.add(() => clearTimeout(timer));
    }
    return Promise.race([
      timeout.promise,
      interrupted.then((signal) => ({ kind: 'signal', signal }) as const),
      this.#outputClosed.promise.then(() => ({ kind: 'signal', signal: 'SIGPIPE' }) as const),
      left.then(() => ({ kind: 'left' }) as const),
    ]);
  }

  async #serve(input: Readable): Promise<HttpServer> {
    const { run, pageFolder, disks } = this.#parts;
    // What a failed write means is decided where it is written.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    const routes = hostRoutes({
      ...run,
      input,
      output: process.stdout,
      errors: process.stderr,
      orders: this.#orders,
      onStarted: () => {
        this.#started = true;
      },
      onChanges: async (index, bytes) => {
        await disks.get(index)?.append(bytes);
        this.#watchdog?.touch();
      },
      onBroken: (failure) => this.#broken.resolve(failure),
      onSaved: () => {
        this.#saved = true;
      },
      onResult: (result) => this.#result.resolve(result),
      onOutputClosed: () => this.#outputClosed.resolve(),
    });
    const server = await HttpServer.start(
      new Map([...pageFileRoutes(pageFolder), ...routes]),
      (error) => this.#serverFailed.reject(error),
    );
    this.#cleanup.add(() => server.close());
    return server;
  }

  /** Waits for what the page reports of a machine that has to end, unless the page hangs. */
  async #endMachine(
    end: Exclude<End, { result: Result }>,
    failed: Promise<never>,
  ): Promise<Result> {
    const ending: Ending = 'stop' in end ? { kind: 'stopped' } : end.broken;
    const fallback: Result = { ending, lastLine: '' };
    if (!this.#started) return fallback;
    this.#orders.give({ kind: 'stop' });
    const watchdog = new Watchdog(STANDSTILL_MILLISECONDS);
    this.#watchdog = watchdog;
    this.#cleanup.add(() => watchdog.dispose());
    const expired = watchdog.expired.then(() => fallback);
    const result = await Promise.race([this.#result.promise, failed, expired]);
    if (result === fallback && this.#changesAreLost && 'stop' in end) throw stopError(end.stop);
    return result;
  }

  get #savedDisks(): DiskFile[] {
    const { run, disks } = this.#parts;
    return [...disks].filter(([index]) => run.plan.disks[index].save).map(([, disk]) => disk);
  }

  get #changesAreLost(): boolean {
    return this.#started && !this.#saved && this.#savedDisks.length > 0;
  }
}
