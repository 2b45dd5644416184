import { type Browser, chromium } from '@playwright/test';
import { installedChromium, machineArguments } from '../cli/chromium.ts';
import { BootedMachine } from './booted-machine.ts';
import { keyOf, type MachineOptions } from './options.ts';

/** Has the machine that the tests of one worker use one after the other, and its browser. */
export class MachineKeeper {
  #browser: Promise<Browser> | null = null;
  #machine: BootedMachine | null = null;
  /** Tells which options it was made with. */
  #key = '';

  /** A machine that has booted and is as if nobody had used it. */
  async machine(options: MachineOptions): Promise<BootedMachine> {
    const key = keyOf(options);
    const used = this.#machine;
    if (used?.isSound && this.#key === key && (await isRenewed(used))) return used;
    this.#machine = null;
    await used?.close();
    const machine = await BootedMachine.boot(await this.browser(), options);
    this.#machine = machine;
    this.#key = key;
    await machine.renew();
    return machine;
  }

  /** The browser that machines run in: `$CHROMIUM_PATH`, one that is installed, or Playwright's own. */
  async browser(): Promise<Browser> {
    this.#browser ??= launch();
    if (!(await this.#browser).isConnected()) this.#browser = launch();
    return this.#browser;
  }

  async dispose(): Promise<void> {
    await (await this.#browser)?.close();
  }
}

/** A test may leave a machine that cannot go back, which is not the next one's fault. */
function isRenewed(machine: BootedMachine): Promise<boolean> {
  return machine.renew().then(
    () => true,
    () => false,
  );
}

function launch(): Promise<Browser> {
  const executable = installedChromium();
  return chromium.launch({
    args: machineArguments(),
    ...(executable !== undefined && { executablePath: executable }),
  });
}
