import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareGuest } from '../../guest/build/index.ts';
import { projectDirectory } from '../../guest/build/paths.ts';

const PROGRAM = join(projectDirectory, 'bin/ringbox.mjs');

/** How a `ringbox run` has ended. */
export interface RunEnd {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/** The one line that a command which failed must have ended with. */
export function onlyLine({ stderr }: RunEnd): string {
  const [, line] = /^ringbox: ([^\n]+)\n$/.exec(stderr) ?? [];
  if (line === undefined) throw new Error(`this is not one line of ringbox's: ${stderr}`);
  return line;
}

/** A program as a person or a script would start it. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<RunEnd>;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  /** Up to where `untilOutput` has looked. */
  #seen = 0;

  constructor([program, ...words]: string[]) {
    this.child = spawn(program, words, { stdio: 'pipe', cwd: projectDirectory });
    this.child.stdout!.on('data', (bytes: Buffer) => this.#stdout.push(bytes));
    this.child.stderr!.on('data', (bytes: Buffer) => this.#stderr.push(bytes));
    // A program that does not read its input is free to.
    this.child.stdin!.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => {
        const stderr = Buffer.concat(this.#stderr).toString();
        resolve({ code, stdout: Buffer.concat(this.#stdout), stderr });
      });
    });
  }

  /** Resolves when `words` are put out, behind what was waited for before. */
  async untilOutput(words: string | RegExp): Promise<void> {
    let over = false;
    const ended = this.ended.then(() => {
      over = true;
    });
    for (;;) {
      const output = Buffer.concat(this.#stdout).toString('latin1');
      const left = output.slice(this.#seen);
      const found = typeof words === 'string' ? left.includes(words) && [words] : words.exec(left);
      if (found) {
        this.#seen += left.indexOf(found[0]) + found[0].length;
        return;
      }
      if (over) throw new Error(`ended before '${words}': ${left}`);
      const more = new Promise((resolve) => this.child.stdout!.once('data', resolve));
      await Promise.race([more, ended]);
    }
  }

  write(input: string | Uint8Array): void {
    this.child.stdin!.write(input);
  }
}

/** `ringbox run` on pipes. */
export class RingboxRun extends Program {
  /** @param wrapper a program and its arguments that is to start it */
  constructor(words: string[], wrapper: string[] = []) {
    super([...wrapper, process.execPath, PROGRAM, 'run', ...words]);
  }
}

/** `ringbox disk` on pipes, without input. */
export class RingboxDisk extends Program {
  constructor(words: string[]) {
    super([process.execPath, PROGRAM, 'disk', ...words]);
    this.child.stdin!.end();
  }
}

/** A shell line in a terminal of its own, which script(1) makes; `$RINGBOX` is the command. */
export class TerminalRun extends Program {
  constructor(line: string) {
    const ringbox = `RINGBOX='${process.execPath} ${PROGRAM}'`;
    super(['env', 'SHELL=/bin/sh', 'script', '-qec', `${ringbox}; ${line}`, '/dev/null']);
  }
}

/** Builds what is built at the first run, which says so on standard error: later runs do not. */
export async function prepareRuns(): Promise<void> {
  await prepareGuest();
  await ringbox(['--timeout', '0.001']);
}

/** Runs to the end with the whole input. */
export function ringbox(words: string[], input: string | Uint8Array = ''): Promise<RunEnd> {
  const run = new RingboxRun(words);
  run.child.stdin!.end(input);
  return run.ended;
}
