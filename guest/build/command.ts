import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { searchPath } from '../../src/cli/find-command.ts';
import { SetupError } from './errors.ts';

export { findCommand } from '../../src/cli/find-command.ts';

/** How many of the last lines an error quotes. */
const QUOTED_LINES = 15;

interface CommandOptions {
  directory?: string;
  environment?: NodeJS.ProcessEnv;
  /** Called with every line of both output streams, without its end. */
  onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and answers its standard output. Its messages are not shown; when it
 * fails, a SetupError quotes the last lines of both streams.
 */
export async function runCommand(
  name: string,
  parameters: string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(name, parameters, {
    cwd: options.directory,
    env: {
      ...process.env,
      LC_ALL: 'C',
      ...options.environment,
      PATH: searchPath().join(delimiter),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const recent: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (stream === child.stdout) output.push(line);
      if (recent.push(line) > QUOTED_LINES) recent.shift();
      options.onLine?.(line);
    });
  }
  const problem = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `${signal ?? code}`));
  });
  if (problem === undefined) return output.join('\n');
  const quoted = recent.map((line) => `  ${line}\n`).join('');
  throw new SetupError(`${[name, ...parameters].join(' ')} failed (${problem}):\n${quoted}`);
}
