import { usageError } from './run-error.ts';

/** The options that a command takes. */
export interface Grammar<Flag extends string, Option extends string> {
  /** Options without a value. */
  flags: readonly Flag[];
  /** Options with a value, which is the next word or is attached: `--size 8G`, `--size=8G`. */
  options: readonly Option[];
  /** Those of `options` that may be given several times. */
  repeatable?: readonly Option[];
  /** What tells about the options: `ringbox run --help`. */
  help: string;
}

/** Words by what they are. */
export interface Words<Flag extends string, Option extends string> {
  flags: Set<Flag>;
  /** All values by option, in order. */
  values: Map<Option, string[]>;
  /** Words that are no options, in order. */
  others: string[];
}

/**
 * Sorts the words behind a command. @returns 'help' if it is asked for anywhere
 * @throws RunError with exit status 2
 */
export function readWords<Flag extends string, Option extends string>(
  words: string[],
  grammar: Grammar<Flag, Option>,
): Words<Flag, Option> | 'help' {
  const found: Words<Flag, Option> = { flags: new Set(), values: new Map(), others: [] };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--help' || word === '-h') return 'help';
    const [name, attached] = splitOption(word);
    const flag = grammar.flags.find((each) => each === word);
    const option = grammar.options.find((each) => each === name);
    if (flag !== undefined) found.flags.add(flag);
    else if (option !== undefined) takeValue(found, grammar, option, attached ?? rest.shift());
    else if (!word.startsWith('-')) found.others.push(word);
    else throw usageError(`unknown option '${name}'; see ${grammar.help}`);
  }
  return found;
}

/** The name and the attached value of `--name=value`; any other word is a name. */
function splitOption(word: string): [name: string, attached: string | undefined] {
  const [, name, attached] = /^(--[^=]*)=(.*)$/s.exec(word) ?? [];
  return name === undefined ? [word, undefined] : [name, attached];
}

function takeValue<Flag extends string, Option extends string>(
  { values }: Words<Flag, Option>,
  { repeatable, help }: Grammar<Flag, Option>,
  option: Option,
  value: string | undefined,
): void {
  if (value === undefined) throw usageError(`${option} needs a value; see ${help}`);
  const before = values.get(option) ?? [];
  if (before.length > 0 && !repeatable?.includes(option)) {
    throw usageError(`${option} is given twice`);
  }
  values.set(option, [...before, value]);
}
