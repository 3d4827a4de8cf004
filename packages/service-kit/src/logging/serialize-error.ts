const MAX_CAUSES = 5;

/** Fields of an error that say what happened without repeating data of a person (unlike a database error's `detail`). */
const TOLD_FIELDS = ['code', 'errno', 'syscall', 'severity', 'schema', 'table', 'column', 'constraint'] as const;

export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: SerializedError;
  readonly [field: string]: unknown;
}

/**
 * Turns anything thrown into what a log line holds: type, message, stack, a few harmless fields and the causes. Other
 * properties are left out on purpose: libraries hang whole requests, rows and parameters on their errors.
 */
export function serializeError(thrown: unknown, depth = 0): SerializedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
  const told: Record<string, unknown> = {};
  for (const field of TOLD_FIELDS) {
    const value = (thrown as unknown as Record<string, unknown>)[field];
    if (typeof value === 'string' || typeof value === 'number') told[field] = value;
  }
  return {
    type: thrown.name,
    message: thrown.message,
    ...told,
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
    ...(thrown.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: serializeError(thrown.cause, depth + 1) }),
  };
}
