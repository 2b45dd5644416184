import { type ConsoleName, consoleNames } from '../headless/protocol.ts';
import type { RunOptions } from './options.ts';

/** A kernel's command line, and the console that is to be read. */
export interface CommandLine {
  text: string;
  console: ConsoleName;
}

/** For a kernel of the user's own: what `--append` says, and a console if it names none. */
export function ownCommandLine(options: Pick<RunOptions, 'append' | 'console'>): CommandLine {
  const words = wordsOf(options.append ?? '');
  const console = options.console ?? lastConsole(words) ?? 'hvc0';
  if (!words.some(isConsole)) words.push(`console=${console}`);
  return { text: words.join(' '), console };
}

/** For the default guest: its usual command line, on the console that was asked for, and more. */
export function defaultCommandLine(
  usual: string,
  options: Pick<RunOptions, 'append' | 'console' | 'command'>,
): CommandLine {
  const more = wordsOf(options.append ?? '');
  const console = options.console ?? lastConsole(more) ?? 'hvc0';
  const words = wordsOf(usual).map((word) => (isConsole(word) ? `console=${console}` : word));
  if (options.command) more.push('ringbox.command');
  return { text: [...words, ...more].join(' '), console };
}

function wordsOf(text: string): string[] {
  return text.match(/(?:"[^"]*"|\S)+/g) ?? [];
}

function isConsole(word: string): boolean {
  return word.startsWith('console=');
}

function lastConsole(words: string[]): ConsoleName | undefined {
  const named = words.filter(isConsole).map((word) => word.slice('console='.length).split(',')[0]);
  return consoleNames.find((name) => name === named.at(-1));
}
