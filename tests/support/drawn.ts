/**
 * Words that firmware draws on a serial console. SeaBIOS sends the cursor to where it is whenever its timer ticks, in the
 * middle of a word as well; on a busy machine, where a word takes longer, more often.
 */
export function drawn(words: string): RegExp {
  const characters = Array.from(words, (character) =>
    character.replace(/[*+?.$^|()[\]{}\\]/, '\\$&'),
  );
  return new RegExp(characters.join('(?:\\x1b\\[[\\d;]*[A-Za-z])*'));
}
