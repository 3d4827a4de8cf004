/** Nobody is logged in; the message says how to. */
export class NotLoggedInError extends Error {
  override readonly name = 'NotLoggedInError';
}
