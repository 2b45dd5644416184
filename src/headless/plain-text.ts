/** Escape sequences of terminals, and whatever else a line of plain text does not hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const NOT_TEXT = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b-\x1f\x7f]/g;

/** What a guest has printed without what a terminal would obey, so that a message can quote it. */
export function plainText(printed: string): string {
  return printed.replace(NOT_TEXT, '');
}
