/** SQLSTATE classes that speak of the moment and not of the statement: connection, rollback, resources, intervention, system. */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '57', '58']);
const TRANSIENT_STATES = new Set(['55P03', '25P03', '25P04', '25006']);
/** Every SQLSTATE has a digit; EPIPE, EPERM and EBUSY, which are as long, have none. */
const SQLSTATE = /^(?=.*[0-9])[0-9A-Z]{5}$/;

/** Whether a database error may be gone at the next try. An error without an SQLSTATE is one of the connection. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== 'string' || !SQLSTATE.test(code)) return true;
  return TRANSIENT_CLASSES.has(code.slice(0, 2)) || TRANSIENT_STATES.has(code);
}
