/** A failure that the person who runs the stack can fix: the message says what failed and what to do. */
export class PrepareFailure extends Error {
  override readonly name: string = 'PrepareFailure';
}
