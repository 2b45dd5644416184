import {
  expect as base,
  type Expect,
  type ExpectMatcherState,
  type MatcherReturnType,
} from '@playwright/test';
import { MachineError } from '../machine/errors.ts';
import type { WaitOptions } from '../machine/transcript.ts';
import type { CommandOptions, TestMachine } from './test-machine.ts';

/** Characters of what a command has printed that a message shows. */
const SHOWN = 1000;

const matchers = {
  /**
   * The guest prints `pattern`, or has since it was switched on: `machine.console.waitFor`. With `not`: it has not
   * until now, behind what was waited for before.
   */
  async toPrint(
    this: ExpectMatcherState,
    machine: TestMachine,
    pattern: string | RegExp,
    options: WaitOptions = {},
  ): Promise<MatcherReturnType> {
    const name = 'toPrint';
    const hint = this.utils.matcherHint(name, 'machine', String(pattern), { isNot: this.isNot });
    try {
      const match = await machine.console.waitFor(pattern, this.isNot ? { timeout: 0 } : options);
      const message = () => `${hint}\n\nThe console has printed ${JSON.stringify(match[0])}.`;
      return { name, pass: true, expected: pattern, actual: match[0], message };
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      return { name, pass: false, expected: pattern, message: () => `${hint}\n\n${error.message}` };
    }
  },

  /** A shell command ends with this exit status: `machine.exec`. */
  async toExitWith(
    this: ExpectMatcherState,
    machine: TestMachine,
    status: number,
    command: string,
    options: CommandOptions = {},
  ): Promise<MatcherReturnType> {
    const name = 'toExitWith';
    const hint = this.utils.matcherHint(name, 'machine', `${status}, ${JSON.stringify(command)}`, {
      isNot: this.isNot,
    });
    const { output, errors, status: actual } = await machine.exec(command, options);
    const message = () =>
      [
        hint,
        `Expected exit status: ${this.isNot ? 'not ' : ''}${this.utils.printExpected(status)}`,
        `Received exit status: ${this.utils.printReceived(actual)}\n`,
        `Its standard output${endOf(output)}`,
        `Its standard error${endOf(errors)}`,
      ].join('\n');
    return { name, pass: actual === status, expected: status, actual, message };
  },
};

/** Playwright's `expect`, which knows machines as well. */
export const expect: Expect<typeof matchers> = base.extend(matchers);

function endOf(text: string): string {
  const end = text.slice(-SHOWN).trimEnd();
  if (end === '') return ' is empty.';
  return `${text.length > SHOWN ? ' ends with' : ''}:\n${end.replace(/^/gm, '    ')}`;
}
