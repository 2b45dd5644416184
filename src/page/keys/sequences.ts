/** Keys that are held while another is pressed. */
export interface Modifiers {
  readonly control: boolean;
  readonly alt: boolean;
}

export const NO_MODIFIERS: Modifiers = { control: false, alt: false };

const ESCAPE = '\x1b';

/** The last letter of what a terminal sends for them. */
const ARROWS: Readonly<Record<string, string>> = {
  ArrowUp: 'A',
  ArrowDown: 'B',
  ArrowRight: 'C',
  ArrowLeft: 'D',
};

const NAMED: Readonly<Record<string, string>> = { Escape: ESCAPE, Tab: '\t' };

/**
 * What a terminal sends for a key.
 * @param key as KeyboardEvent.key names it
 * @param applicationCursor the guest has asked for the other form of the arrows (DECCKM)
 */
export function sequenceOf(key: string, modifiers: Modifiers, applicationCursor: boolean): string {
  const arrow = ARROWS[key];
  if (arrow === undefined) return modified(NAMED[key] ?? key, modifiers);
  const held = 1 + (modifiers.alt ? 2 : 0) + (modifiers.control ? 4 : 0);
  if (held > 1) return `${ESCAPE}[1;${held}${arrow}`;
  return `${ESCAPE}${applicationCursor ? 'O' : '['}${arrow}`;
}

/** What a terminal sends for a character when other keys are held with it. */
export function modified(character: string, { control, alt }: Modifiers): string {
  const sent = control ? controlCharacter(character) : character;
  return alt ? ESCAPE + sent : sent;
}

/** The same where there is no such character. */
function controlCharacter(character: string): string {
  if (character === ' ') return '\0';
  if (character === '?') return '\x7f';
  if (character === '/') return '\x1f';
  const capital = character.toUpperCase();
  const code = capital.charCodeAt(0);
  const has = capital.length === 1 && code >= 0x40 && code < 0x60;
  return has ? String.fromCharCode(code & 0x1f) : character;
}
