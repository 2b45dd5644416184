/**
 * Something that the person at the keyboard can put right: the message says what and how, and is
 * shown without a stack trace.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
