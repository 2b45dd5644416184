import { type ConsoleName, consoleNames } from '../headless/protocol.ts';
import { MEMORY_LIMITS } from '../machine/options.ts';
import { DEFAULT_TIMEOUT, type DiskArgument, MOST_TIMEOUT, type RunOptions } from './options.ts';
import { usageError } from './run-error.ts';
import { type Grammar, readWords } from './words.ts';

const FLAG = '--bios';
type ValueOption =
  | '--kernel'
  | '--initrd'
  | '--append'
  | '--memory'
  | '--disk'
  | '--console'
  | '--timeout';
const GRAMMAR: Grammar<typeof FLAG, ValueOption> = {
  flags: [FLAG],
  options: ['--kernel', '--initrd', '--append', '--memory', '--disk', '--console', '--timeout'],
  repeatable: ['--disk'],
  help: 'ringbox run --help',
};

/**
 * Reads the words behind `ringbox run`. @throws RunError with exit status 2
 */
export function parseArguments(words: string[]): RunOptions | 'help' {
  const end = words.indexOf('--');
  const found = readWords(end < 0 ? words : words.slice(0, end), GRAMMAR);
  if (found === 'help') return 'help';
  const { flags, values, others } = found;
  if (others.length > 0) {
    throw usageError(`unexpected '${others[0]}'; put '--' before a command for the guest`);
  }
  const last = (name: ValueOption) => values.get(name)?.at(-1);
  const options: RunOptions = {
    bios: flags.has(FLAG),
    kernel: last('--kernel'),
    initrd: last('--initrd'),
    append: last('--append'),
    memory: parseMemory(last('--memory')),
    disks: (values.get('--disk') ?? []).map(parseDisk),
    console: parseConsole(last('--console')),
    timeout: parseTimeout(last('--timeout')),
    command: end < 0 ? undefined : words.slice(end + 1),
  };
  checkCombination(options);
  return options;
}

function parseMemory(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const memory = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (memory >= MEMORY_LIMITS.least && memory <= MEMORY_LIMITS.most) return memory;
  throw usageError(
    `--memory takes a whole number of MiB from ${MEMORY_LIMITS.least} to ` +
      `${MEMORY_LIMITS.most}, not '${text}'`,
  );
}

function parseDisk(text: string): DiskArgument {
  const readOnly = text.endsWith(',ro');
  const file = readOnly ? text.slice(0, -',ro'.length) : text;
  if (file === '') throw usageError(`--disk takes FILE or FILE,ro, not '${text}'`);
  return { file, readOnly };
}

function parseConsole(text: string | undefined): ConsoleName | undefined {
  if (text === undefined) return undefined;
  const console = consoleNames.find((name) => name === text);
  if (console) return console;
  throw usageError(`--console takes ${consoleNames.join(' or ')}, not '${text}'`);
}

function parseTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT;
  const timeout = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (timeout <= MOST_TIMEOUT) return timeout;
  throw usageError(`--timeout takes seconds from 0 (no limit) to ${MOST_TIMEOUT}, not '${text}'`);
}

function checkCombination(options: RunOptions): void {
  if (options.bios) checkFirmwareCombination(options);
  const { command, kernel, initrd } = options;
  if (command === undefined) return;
  if (command.join('') === '') throw usageError("there is no command behind '--'");
  const other = kernel === undefined ? initrd && '--initrd' : '--kernel';
  if (!other) return;
  throw usageError(`a command runs in the default guest, so ${other} cannot be given with one`);
}

function checkFirmwareCombination(options: RunOptions): void {
  const { kernel, initrd, append, command, disks } = options;
  const given = {
    '--kernel': kernel,
    '--initrd': initrd,
    '--append': append,
    'a command': command,
  };
  const [other] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (other !== undefined) {
    throw usageError(
      `${FLAG} starts what is on the first disk, so ${other} cannot be given with it`,
    );
  }
  if (disks.length > 0) return;
  throw usageError(`${FLAG} starts what is on the first disk; give it one with --disk FILE`);
}
