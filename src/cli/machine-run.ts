import { provideChromium } from '../../guest/build/index.ts';
import { HeadlessBrowser } from './browser.ts';
import { Cleanup } from './cleanup.ts';
import { DiskFile } from './disk-file.ts';
import { signalExitCodes } from './exit-codes.ts';
import { provideHeadlessPage } from './headless-page.ts';
import { Interruption } from './interruption.ts';
import type { RunOptions } from './options.ts';
import { checkFiles, type PlannedRun, planRun } from './planned-run.ts';
import { RunError } from './run-error.ts';
import { Session } from './session.ts';

/** All that is needed before the machine can be made. */
interface Prepared {
  run: PlannedRun;
  pageFolder: string;
  browser: HeadlessBrowser;
  /** The disks of the user's, by their index in the plan. */
  disks: Map<number, DiskFile>;
}

/**
 * Runs a machine to its end. @returns the exit status
 * @throws RunError for an end that is worth a line on standard error
 */
export async function runMachine(options: RunOptions): Promise<number> {
  checkFiles(options);
  const cleanup = new Cleanup();
  const interruption = new Interruption();
  try {
    const prepared = await Promise.race([
      prepare(options, cleanup),
      interruption.requested.then((signal) => {
        throw new RunError(signalExitCodes[signal], '');
      }),
    ]);
    const { command, timeout } = options;
    const session = new Session({ ...prepared, isCommand: command !== undefined, timeout });
    cleanup.add(() => session.close());
    return await session.run(interruption.requested);
  } finally {
    await cleanup.run();
    interruption.dispose();
  }
}

async function prepare(options: RunOptions, cleanup: Cleanup): Promise<Prepared> {
  const ownDisks: DiskFile[] = [];
  for (const argument of options.disks) {
    const disk = await DiskFile.open(argument);
    cleanup.add(() => disk.close());
    ownDisks.push(disk);
  }
  // What may have to be installed or built comes first: apt-get allows only one at a time.
  const run = await planRun(options);
  const chromium = await provideChromium();
  const [pageFolder, browser] = await Promise.all([
    provideHeadlessPage(),
    launchBrowser(chromium, cleanup),
  ]);
  const offset = run.disks.length - ownDisks.length;
  const disks = new Map(ownDisks.map((disk, index) => [index + offset, disk]));
  return { run, pageFolder, browser, disks };
}

async function launchBrowser(executable: string, cleanup: Cleanup): Promise<HeadlessBrowser> {
  const browser = await HeadlessBrowser.launch(executable);
  cleanup.add(() => browser.close());
  return browser;
}
