import { isAppError } from '@rollcall/service-kit';

/** An error the database answered with: the statement did nothing. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Except these: the connection was cut, perhaps after the commit. */
const CUT = /^(08|57P)/;
/** Nothing was ever sent. */
const NEVER_SENT: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/**
 * Whether it is certain that nothing was committed. When a connection breaks at the wrong moment nobody knows, and what
 * belongs to the rows must stay: the sweep finds it if there are none.
 */
export function isSurelyNotCommitted(error: unknown): boolean {
  if (isAppError(error)) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (NEVER_SENT.has(code) || message === 'timeout exceeded when trying to connect') return true;
  return typeof code === 'string' && SQLSTATE.test(code) && !CUT.test(code) && code !== 'EPIPE';
}

/** Whether the error may be the fault of one item of a batch: its data did not fit (SQLSTATE classes 22 and 23). */
export function isItemError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23)...$/.test(code);
}
