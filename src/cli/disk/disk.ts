import { exitCodes } from '../exit-codes.ts';
import { reported } from '../reported.ts';
import { parseDiskArguments } from './arguments.ts';
import { commitDisk } from './commit.ts';
import { convertDisk } from './convert.ts';
import { createDisk } from './create.ts';
import { diskHelpText } from './help.ts';
import { describeDisk, inspectDisk } from './info.ts';
import type { DiskOptions } from './options.ts';
import { rebaseDisk } from './rebase.ts';

/**
 * `ringbox disk`: makes, converts, inspects and changes disk images; see `help.ts`.
 * @param words what follows `ringbox disk`
 * @returns the exit status
 */
export async function disk(words: string[]): Promise<number> {
  return reported(async () => {
    process.stdout.write(await answer(parseDiskArguments(words)));
    return exitCodes.success;
  });
}

/** Does what was asked for. @returns what is to be printed */
async function answer(options: DiskOptions | 'help'): Promise<string> {
  if (options === 'help') return diskHelpText;
  switch (options.command) {
    case 'create':
      await createDisk(options);
      return '';
    case 'convert':
      await convertDisk(options);
      return '';
    case 'commit':
      await commitDisk(options);
      return '';
    case 'rebase':
      await rebaseDisk(options);
      return '';
    case 'info': {
      const info = await inspectDisk(options.file);
      return options.json ? `${JSON.stringify(info, null, 2)}\n` : describeDisk(info);
    }
  }
}
