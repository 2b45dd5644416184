import { parseArguments } from './arguments.ts';
import { helpText } from './help.ts';
import { runMachine } from './machine-run.ts';
import { RunError } from './run-error.ts';

/**
 * `ringbox run`: boots a machine in headless Chromium; see `help.ts`.
 * @param words what follows `ringbox run`
 * @returns the exit status
 */
export async function run(words: string[]): Promise<number> {
  try {
    const options = parseArguments(words);
    if (options !== 'help') return await runMachine(options);
    process.stdout.write(helpText);
    return 0;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    if (error.message) process.stderr.write(`ringbox: ${error.message}\n`);
    return error.exitCode;
  }
}
