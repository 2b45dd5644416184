/** Names of kept disks, as people give them. */

/** Characters of a name, once encoded for its file, that every file system has room for. */
const LONGEST_NAME = 200;
/** What ` (99)` takes of it: see `freeName`. */
const ROOM_FOR_NUMBER = 10;

/** What is wrong with the name of a disk that is to be made; undefined if it can be had. */
export function nameProblem(name: string, taken: Iterable<string>): string | undefined {
  if (name === '') return 'Give the disk a name.';
  if (!name.isWellFormed()) return 'The name has half a character in it.';
  if (encodeURIComponent(name).length > LONGEST_NAME) return 'The name is too long.';
  if (new Set(taken).has(name)) {
    return `There is a disk “${name}” already. Choose another name, or delete that one first.`;
  }
  return undefined;
}

/** The name, or the name with the first number that nobody has: "data (2)". */
export function freeName(name: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(name)) return name;
  for (let number = 2; ; number++) {
    const numbered = `${name} (${number})`;
    if (!names.has(numbered)) return numbered;
  }
}

/** What a disk of this file is called: its name without what tells its format. */
export function nameOfFile(fileName: string): string {
  const name = fileName
    .replace(/\.(gz|gzip|zst|zstd)$/i, '')
    .replace(/\.(img|raw)$/i, '')
    .trim();
  const characters = [...name.toWellFormed()];
  const encoded = () => encodeURIComponent(characters.join(''));
  while (encoded().length > LONGEST_NAME - ROOM_FOR_NUMBER) characters.pop();
  return characters.join('') || 'disk';
}
