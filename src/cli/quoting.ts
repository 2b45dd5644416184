/**
 * The text that the guest's shell is to run: one word is a shell line as it stands, several are
 * the words of one command, whatever characters they hold.
 */
export function shellText(command: string[]): string {
  return command.length === 1 ? command[0] : command.map(quoteWord).join(' ');
}

/** Always quoted: bare, `if`, `A=1` or `~` would mean something to the shell. */
function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
