/** What the caller did wrong, in words for the caller. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
}
