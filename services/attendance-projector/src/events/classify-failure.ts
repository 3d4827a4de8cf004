/**
 * Classes of SQLSTATE that say something about the server or about timing, not about the event: connection (08),
 * transaction rollback such as deadlock (40), resources (53), state such as a lock not available (55), operator
 * intervention such as shutdown or time-out (57), a server that became a replica (25006), a transaction that stood idle or
 * took too long (25P03, 25P04), the system itself (58), and no rights (42501): a role without its grants is a matter of the set-up, and skipping events
 * because of it would lose attendance.
 */
const PASSING = /^(08|25006|25P0[34]|40|53|55|57|58|42501)/;

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What pg throws without a code when a connection ends or cannot be had. */
const CONNECTION_WORDS = /connection|timeout|client (has|was)/i;

/** True when the same event may well be projected later, unchanged; false when the event itself is the matter. */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return PASSING.test(code) || NETWORK_CODES.has(code);
  // A plain Error only: a TypeError that speaks of a connection is a fault of the code.
  return error.constructor === Error && CONNECTION_WORDS.test(error.message);
}

/** Transaction rollback such as deadlock, lock not available, and what took longer than it may. */
const HELD_UP = /^(40|55P03|57014|25P0[34])/;

/** True when the server answered that others were in the way, or that it took too long: other work may well succeed. */
export function wasHeldUp(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && HELD_UP.test(code);
}

/** A statement or a transaction took longer than it may. */
const TOO_LONG: ReadonlySet<unknown> = new Set(['57014', '25P03', '25P04']);
/** What pg throws when an answer does not come in time. */
const NO_ANSWER = 'Query read timeout';

/** True when fewer events at once may be what helps. */
export function tookTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TOO_LONG.has((error as { code?: unknown }).code) || error.message === NO_ANSWER;
}
