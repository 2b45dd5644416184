/** A line of a hex dump. */
export interface HexLine {
  /** Two digits for each byte, a space between two, two in the middle of a whole line. */
  hex: string;
  /** The bytes as characters, a point for each that is none. */
  text: string;
}

/** @param bytes of one line, at most `width` */
export function hexLine(bytes: Uint8Array, width: number): HexLine {
  let hex = '';
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    if (index > 0) hex += index === width / 2 ? '  ' : ' ';
    hex += bytes[index].toString(16).padStart(2, '0');
    text += isPrintable(bytes[index]) ? String.fromCharCode(bytes[index]) : '·';
  }
  return { hex, text };
}

/** Where byte `index` of a line begins in its hex digits. */
export function hexColumn(index: number, width: number): number {
  return 3 * index + (index >= width / 2 ? 1 : 0);
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
