import { usageError } from '../run-error.ts';
import { readWords } from '../words.ts';
import { type DiskFormat, diskFormats } from './formats.ts';
import type { DiskOptions } from './options.ts';
import { parseSize } from './size.ts';

const HELP = 'ringbox disk --help';

/** Reads the words behind `ringbox disk`. @throws RunError with exit status 2 */
export function parseDiskArguments([command, ...words]: string[]): DiskOptions | 'help' {
  switch (command) {
    case 'create':
      return parseCreate(words);
    case 'convert':
      return parseConvert(words);
    case 'info':
      return parseInfo(words);
    case '--help':
    case '-h':
      return 'help';
    case undefined:
      throw usageError(`disk needs a command: create, convert or info; see ${HELP}`);
    default:
      throw usageError(`unknown command 'disk ${command}'; see ${HELP}`);
  }
}

function parseCreate(words: string[]): DiskOptions | 'help' {
  const found = read(words, ['--force'], ['--size', '--format'], ['FILE']);
  if (found === 'help') return 'help';
  const { operands, flags, value } = found;
  const size = value('--size');
  if (size === undefined) throw usageError(`create needs --size, such as --size 8G; see ${HELP}`);
  return {
    command: 'create',
    file: operands[0],
    size: parseSize(size),
    format: parseFormat(value('--format')),
    force: flags.has('--force'),
  };
}

function parseConvert(words: string[]): DiskOptions | 'help' {
  const found = read(words, ['--force'], ['--format', '--base'], ['IN', 'OUT']);
  if (found === 'help') return 'help';
  const { operands, flags, value } = found;
  return {
    command: 'convert',
    input: operands[0],
    output: operands[1],
    format: parseFormat(value('--format')),
    base: value('--base'),
    force: flags.has('--force'),
  };
}

function parseInfo(words: string[]): DiskOptions | 'help' {
  const found = read(words, ['--json'], [], ['FILE']);
  if (found === 'help') return 'help';
  return { command: 'info', file: found.operands[0], json: found.flags.has('--json') };
}

/** @param names what the operands are called, of which each must be there; `--` ends the options */
function read<Flag extends string, Option extends string>(
  words: string[],
  flags: Flag[],
  options: Option[],
  names: string[],
) {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const found = readWords(words.slice(0, end), { flags, options, help: HELP });
  if (found === 'help') return 'help';
  const operands = [...found.others, ...words.slice(end + 1)];
  const missing = names[operands.length];
  if (missing !== undefined) throw usageError(`${missing} is missing; see ${HELP}`);
  if (operands.length > names.length) {
    throw usageError(`unexpected '${operands[names.length]}'; see ${HELP}`);
  }
  const value = (option: Option) => found.values.get(option)?.[0];
  return { operands, flags: found.flags, value };
}

function parseFormat(text: string | undefined): DiskFormat | undefined {
  if (text === undefined) return undefined;
  const format = diskFormats.find((name) => name === text);
  if (format) return format;
  throw usageError(`--format takes ${diskFormats.join(', ')}, not '${text}'`);
}
