import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findCommand } from '../../guest/build/command.ts';
import { ensurePackages } from '../../guest/build/packages.ts';

const PACKAGE = 'firefox-esr';

/** No page of Mozilla's, no question, and a port of its own for Marionette. */
const PREFERENCES: Record<string, unknown> = {
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'marionette.port': 0,
};

/** What Firefox answers: a mark, the number of the command, and what became of it. */
type ReplyMessage = [1, number, { message: string } | null, { value?: unknown }];

interface Reply {
  resolve(value: { value?: unknown }): void;
  reject(error: Error): void;
}

/**
 * Debian's Firefox without a window, driven by Marionette, the protocol that is built into every
 * Firefox. Playwright drives its own build of Firefox, or one so new that Debian does not have it:
 * over WebDriver BiDi it asks for commands that ESR 153 does not know.
 */
export class Firefox {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: Socket;
  readonly #replies = new Map<number, Reply>();
  #received = Buffer.alloc(0);
  #lastCommand = 0;

  private constructor(process: ChildProcess, profile: string, socket: Socket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('data', (data) => this.#receive(data));
    process.on('exit', () => {
      for (const { reject } of this.#replies.values()) reject(new Error('Firefox has ended'));
    });
  }

  /** The program, which root installs if it is missing. @throws SetupError without it */
  static async provide(): Promise<string> {
    await ensurePackages([{ package: PACKAGE, provides: PACKAGE }], 'test with Firefox');
    return findCommand(PACKAGE) ?? PACKAGE;
  }

  static async launch(program: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'ringbox-firefox-'));
    const preferences = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), preferences.join(''));
    const options = ['--headless', '--marionette', '--no-remote', '--profile', profile];
    const process = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] });
    const socket = connect(await portOf(process), '127.0.0.1');
    await once(socket, 'connect');
    const firefox = new Firefox(process, profile, socket);
    await firefox.#send('WebDriver:NewSession', {});
    return firefox;
  }

  async goto(url: string): Promise<void> {
    await this.#send('WebDriver:Navigate', { url });
  }

  /** Runs a function in the page, as Playwright's method of that name does. */
  async evaluate<Result, Argument>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result> {
    const script = `return (${run})(...arguments)`;
    const { value } = await this.#send('WebDriver:ExecuteScript', { script, args: [argument] });
    return value as Result;
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
    this.#socket.destroy();
    rmSync(this.#profile, { recursive: true, force: true });
  }

  #send(command: string, parameters: object): Promise<{ value?: unknown }> {
    const number = ++this.#lastCommand;
    const message = JSON.stringify([0, number, command, parameters]);
    this.#socket.write(`${Buffer.byteLength(message)}:${message}`);
    return new Promise((resolve, reject) => this.#replies.set(number, { resolve, reject }));
  }

  /** Each message is its length in bytes, a colon, and JSON. */
  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, colon));
      if (colon === -1 || this.#received.length < end) return;
      const message: object = JSON.parse(this.#received.subarray(colon + 1, end).toString());
      this.#received = this.#received.subarray(end);
      // What comes first is no reply: Firefox says who it is.
      if (Array.isArray(message)) this.#settle(message as ReplyMessage);
    }
  }

  #settle([, number, error, result]: ReplyMessage): void {
    const reply = this.#replies.get(number);
    this.#replies.delete(number);
    if (error === null) reply?.resolve(result);
    else reply?.reject(new Error(error.message));
  }
}

/** Where Marionette listens, which it tells as soon as it does. */
async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('Firefox has no standard output');
  for await (const line of createInterface(stdout)) {
    const port = /Marionette\s+INFO\s+Listening on port (\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    stdout.resume(); // What comes now is for nobody, and must not fill the pipe.
    return Number(port);
  }
  throw new Error('Firefox has ended without a word about Marionette');
}
