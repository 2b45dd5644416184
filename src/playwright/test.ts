import {
  test as base,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestInfo,
  type TestType,
} from '@playwright/test';
import { attachReport } from './failure-report.ts';
import { MachineKeeper } from './machine-keeper.ts';
import { DEFAULT_OPTIONS, type MachineOptions } from './options.ts';
import { TestMachine, type TimeLeft } from './test-machine.ts';

/** What tests get. */
export interface MachineFixtures extends MachineOptions {
  /** A machine that has booted and that no other test has used. */
  machine: TestMachine;
}

interface WorkerFixtures {
  /** The kit's own. */
  machineKeeper: MachineKeeper;
}

/** Milliseconds that the boot and the report of a failure may take, beside the test's own time. */
const FIXTURE_TIME = 180_000;

/** Playwright's `test`, with a machine. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & MachineFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & WorkerFixtures
> = base.extend<MachineFixtures, WorkerFixtures>({
  kernel: [DEFAULT_OPTIONS.kernel, { option: true }],
  initrd: [DEFAULT_OPTIONS.initrd, { option: true }],
  disks: [DEFAULT_OPTIONS.disks, { option: true }],
  append: [DEFAULT_OPTIONS.append, { option: true }],
  memory: [DEFAULT_OPTIONS.memory, { option: true }],
  ready: [DEFAULT_OPTIONS.ready, { option: true }],
  machineKeeper: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see what is used
    async ({}, use) => {
      const keeper = new MachineKeeper();
      await use(keeper);
      await keeper.dispose();
    },
    { scope: 'worker' },
  ],
  machine: [
    async ({ machineKeeper, kernel, initrd, disks, append, memory, ready }, use, testInfo) => {
      const options = { kernel, initrd, disks, append, memory, ready };
      const booted = await machineKeeper.machine(options);
      await use(new TestMachine(booted, timeLeftFor(testInfo)));
      const [error] = booted.errors;
      const hasFailed = testInfo.status !== testInfo.expectedStatus;
      if (hasFailed || error) await attachReport(booted, await machineKeeper.browser(), testInfo);
      if (testInfo.status === 'timedOut') {
        const { state, lastWords } = booted;
        throw new Error(`The test's time was over. The machine was ${state}. ${lastWords}`);
      }
      if (error) throw booted.told(error);
    },
    { timeout: FIXTURE_TIME },
  ],
});

/**
 * What is left of a test's time that begins now: waits end before it, so that their messages are told and not
 * only that the time is over.
 */
function timeLeftFor(testInfo: TestInfo): TimeLeft {
  const start = performance.now();
  return () => {
    const { timeout } = testInfo;
    if (timeout === 0) return Number.POSITIVE_INFINITY;
    const margin = Math.min(2000, timeout / 5);
    return Math.max(0, start + timeout - margin - performance.now());
  };
}
