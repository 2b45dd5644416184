/**
 * Machines for tests with Playwright.
 * @packageDocumentation
 */

export type { ExecResult } from '../machine/agent/agent.ts';
export { MachineError, type MachineErrorCode } from '../machine/errors.ts';
export type { MachineState } from '../machine/events.ts';
export type { MachineStatistics } from '../machine/machine.ts';
export type { WaitOptions } from '../machine/transcript.ts';
export { expect } from './matchers.ts';
export type { MachineOptions, TestDisk } from './options.ts';
export { type MachineFixtures, test } from './test.ts';
export type {
  CommandOptions,
  MachineSnapshot,
  TestConsole,
  TestFiles,
  TestMachine,
} from './test-machine.ts';
