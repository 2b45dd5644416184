import { usageError } from '../run-error.ts';
import { readWords } from '../words.ts';
import { type DiskFormat, diskFormats } from './formats.ts';
import type { DiskOptions } from './options.ts';
import { parseSize } from './size.ts';

const HELP = 'ringbox disk --help';
const COMMANDS = 'create, convert, info, commit or rebase';

/** Reads the words behind `ringbox disk`. @throws RunError with exit status 2 */
export function parseDiskArguments([command, ...words]: string[]): DiskOptions | 'help' {
  switch (command) {
    case 'create':
      return parseCreate(words);
    case 'convert':
      return parseConvert(words);
    case 'info':
      return parseInfo(words);
    case 'commit':
      return parseCommit(words);
    case 'rebase':
      return parseRebase(words);
    case '--help':
    case '-h':
      return 'help';
    case undefined:
      throw usageError(`disk needs a command: ${COMMANDS}; see ${HELP}`);
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

function parseCommit(words: string[]): DiskOptions | 'help' {
  const found = read(words, ['--force'], ['--base', '--name'], ['STORE']);
  if (found === 'help') return 'help';
  const { operands, flags, value } = found;
  const base = value('--base');
  if (base === undefined) {
    throw usageError(`commit needs --base, the image that STORE was made over; see ${HELP}`);
  }
  const name = parseName(value('--name'));
  return { command: 'commit', store: operands[0], base, name, force: flags.has('--force') };
}

function parseRebase(words: string[]): DiskOptions | 'help' {
  const found = read(words, ['--force'], ['--base', '--onto', '--name'], ['STORE']);
  if (found === 'help') return 'help';
  const { operands, flags, value } = found;
  const onto = value('--onto');
  const name = parseName(value('--name'));
  if (name !== undefined && onto === undefined) {
    throw usageError(`--name names the new base, which --onto would give; see ${HELP}`);
  }
  const base = value('--base');
  return { command: 'rebase', store: operands[0], base, onto, name, force: flags.has('--force') };
}

function parseName(text: string | undefined): string | undefined {
  if (text === '') throw usageError('--name takes a name, which is not empty');
  return text;
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
