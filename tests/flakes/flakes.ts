import type { BootedMachine } from '../../src/playwright/booted-machine.ts';
import type { MachineKeeper } from '../../src/playwright/machine-keeper.ts';
import { DEFAULT_OPTIONS } from '../../src/playwright/options.ts';
import { type Outcome, reportOf } from './report.ts';

/** The kit's classes, from the packed package. */
interface Kit {
  BootedMachine: typeof BootedMachine;
  MachineKeeper: typeof MachineKeeper;
}

type Browser = Awaited<ReturnType<MachineKeeper['browser']>>;

/** How often is told how far it is. */
const TOLD_ROUNDS = 20;

/**
 * Boots a machine in a page of its own and restores it, again and again; each time its shell, its agent and its disk
 * have to answer. @returns the exit status: 1 when something went wrong once
 */
export async function flakes(rounds: number, kit: Kit): Promise<number> {
  const keeper = new kit.MachineKeeper();
  const outcome: Outcome = { rounds, boots: [], restores: [], failures: [] };
  try {
    for (let round = 1; round <= rounds; round++) {
      await tryOnce(kit, await keeper.browser(), outcome).catch((error) => {
        outcome.failures.push({ round, message: String(error?.stack ?? error) });
      });
      if (round % TOLD_ROUNDS === 0) {
        process.stderr.write(`${round} of ${rounds}, ${outcome.failures.length} failed\n`);
      }
    }
  } finally {
    await keeper.dispose();
  }
  process.stdout.write(reportOf(outcome));
  return outcome.failures.length === 0 ? 0 : 1;
}

async function tryOnce({ BootedMachine }: Kit, browser: Browser, outcome: Outcome): Promise<void> {
  const begin = performance.now();
  const machine = await BootedMachine.boot(browser, DEFAULT_OPTIONS);
  try {
    outcome.boots.push(performance.now() - begin);
    await checkShell(machine);
    await checkDisk(machine);
    const back = performance.now();
    await machine.renew();
    outcome.restores.push(performance.now() - back);
    await checkShell(machine);
    await checkDisk(machine);
  } finally {
    await machine.close();
  }
}

async function checkShell(machine: BootedMachine): Promise<void> {
  await machine.call('write', ['echo "<$((6 * 7))>"\n']);
  await machine.waitFor('<42>', 20_000);
}

/** There is no file of before, and one can be written. */
async function checkDisk(machine: BootedMachine): Promise<void> {
  const command = '! test -e file && echo words > file && sync && cat file';
  const limit = { timeout: 20_000 };
  const { output, errors, status } = await machine.call('exec', [command, limit]);
  if (output !== 'words\n' || status !== 0) {
    throw new Error(`${command}: exit status ${status}, ${JSON.stringify([output, errors])}`);
  }
}
