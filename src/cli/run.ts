import { parseArguments } from './arguments.ts';
import { helpText } from './help.ts';
import { runMachine } from './machine-run.ts';
import { reported } from './reported.ts';

/**
 * `ringbox run`: boots a machine in headless Chromium; see `help.ts`.
 * @param words what follows `ringbox run`
 * @returns the exit status
 */
export async function run(words: string[]): Promise<number> {
  return reported(async () => {
    const options = parseArguments(words);
    if (options !== 'help') return await runMachine(options);
    process.stdout.write(helpText);
    return 0;
  });
}
