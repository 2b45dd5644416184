import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { findCommand } from '../../../guest/build/command.ts';
import { exitCodes } from '../exit-codes.ts';
import { RunError } from '../run-error.ts';

/** Programs that do what Node does not, by their Debian packages. */
const PACKAGES = { zstd: 'zstd', 'qemu-img': 'qemu-utils' } as const;
export type Tool = keyof typeof PACKAGES;

/** The last bytes of its messages that are kept. */
const KEPT_MESSAGE = 500;

/** A program that could not do its work; the message is its own. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly tool: Tool;

  constructor(tool: Tool, message: string) {
    super(`${tool}: ${message}`);
    this.tool = tool;
  }
}

/** The path of a program. @throws RunError that names its package */
export function requireTool(tool: Tool): string {
  const path = findCommand(tool);
  if (path !== undefined) return path;
  throw new RunError(
    exitCodes.failure,
    `this takes the program ${tool}, which is not here; install the package that has it: ` +
      `apt-get install ${PACKAGES[tool]} (as root)`,
  );
}

/** A program at work. */
export class ToolRun {
  readonly child: ChildProcess;
  /** Resolves at its good end, and rejects with a ToolError at any other. */
  readonly ended: Promise<void>;

  /**
   * @param streams its standard input and output, as `spawn` takes them
   * @param harmless exit statuses that are as good as 0
   */
  constructor(
    tool: Tool,
    words: string[],
    streams: [input: 'pipe' | 'ignore', output: 'pipe' | 'ignore' | number],
    signal: AbortSignal,
    harmless: number[] = [],
  ) {
    const options: SpawnOptions = { stdio: [...streams, 'pipe'], signal };
    options.env = { ...process.env, LC_ALL: 'C' };
    this.child = spawn(requireTool(tool), words, options);
    let message = '';
    this.child.stderr?.on('data', (bytes: Buffer) => {
      message = `${message}${bytes}`.slice(-KEPT_MESSAGE);
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', (error) => {
        reject(signal.aborted ? signal.reason : new ToolError(tool, error.message));
      });
      this.child.on('close', (code, by) => {
        if (code === 0 || (code !== null && harmless.includes(code))) resolve();
        else reject(new ToolError(tool, message.trim() || `ended with ${by ?? code}`));
      });
    });
    this.ended.catch(() => {}); // told to whoever waits for it, which may be nobody
  }
}

/** Runs a program to its end. @throws ToolError */
export async function runTool(
  tool: Tool,
  words: string[],
  signal: AbortSignal,
  harmless: number[] = [],
): Promise<void> {
  await new ToolRun(tool, words, ['ignore', 'ignore'], signal, harmless).ended;
}
