import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { buildGuestProgram } from '../../guest/build/index.ts';
import { SOURCES } from '../../playwright.config.ts';
import type { TestMachineOptions } from './machine-page.ts';

/** What machine-page.ts puts into the page. */
declare global {
  var TestMachine: typeof import('./machine-page.ts').TestMachine;
  var Machine: typeof import('../../src/machine/index.ts').Machine;
  var MachineError: typeof import('../../src/machine/index.ts').MachineError;
  var machineApi: typeof import('../../src/machine/index.ts');
  /** The machine of the test. */
  var testMachine: import('./machine-page.ts').TestMachine;
}

const SECTOR = 512;

/** A program as a disk. */
export interface ServedProgram {
  url: string;
  /** Bytes of the program. */
  length: number;
}

/** The default guest in a page of its own, driven from the test. */
export class GuestPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Serves `bytes` to the page. @returns the URL */
  async serve(name: string, bytes: Buffer | string): Promise<string> {
    const body = typeof bytes === 'string' ? readFileSync(bytes) : bytes;
    const url = `${SOURCES}served/${name}`;
    await this.page.route(url, (route) => route.fulfill({ body }));
    return url;
  }

  /** Compiles a program for the guest and serves it as a disk. */
  async serveProgram(sourceFile: string): Promise<ServedProgram> {
    const program = readFileSync(await buildGuestProgram(sourceFile));
    const image = Buffer.alloc(Math.ceil(program.length / SECTOR) * SECTOR);
    program.copy(image);
    return { url: await this.serve(basename(sourceFile), image), length: program.length };
  }

  /** Makes the program that was served as `disk` one to be run: /tmp/run. */
  async install({ length }: ServedProgram, disk: string): Promise<void> {
    await this.output(`head -c ${length} ${disk} > /tmp/run && chmod +x /tmp/run`);
  }

  /** Boots a machine to its prompt. */
  async boot(options: TestMachineOptions = {}): Promise<void> {
    await this.page.evaluate(async (given) => {
      globalThis.testMachine = await TestMachine.boot(given);
    }, options);
  }

  /** Runs a shell command to its end. */
  run(command: string): Promise<{ output: string; status: number }> {
    return this.page.evaluate((given) => testMachine.run(given), command);
  }

  /** Runs a shell command that must succeed. @returns what it printed, without the last newline */
  async output(command: string): Promise<string> {
    const { output, status } = await this.run(command);
    if (status !== 0) throw new Error(`${command}: exit status ${status}, ${output}`);
    return output.trimEnd();
  }

  async dispose(): Promise<void> {
    await this.page.evaluate(() => globalThis.testMachine?.machine.dispose());
  }
}

export const test = base.extend<{ guest: GuestPage }>({
  guest: async ({ page }, use) => {
    await page.goto(`${SOURCES}tests/support/blank.html`);
    await page.waitForFunction(() => 'TestMachine' in globalThis);
    const guest = new GuestPage(page);
    await use(guest);
    await guest.dispose();
  },
});

export { expect } from '@playwright/test';
