import { errorTable, type ErrorCode } from './error-table.js';

/** One thing that is wrong with a call: where (a JSON pointer or a field's name), a code and words. */
export interface ErrorDetail {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** Words for the client in place of the table's. Must not tell of the inside. */
  readonly message?: string;
  readonly errors?: readonly ErrorDetail[];
  /** Seconds after which a retry makes sense (the `Retry-After` of the answer). */
  readonly retryAfterSeconds?: number;
  /** What happened inside: logged, never sent. */
  readonly cause?: unknown;
}

/** An error of the table. Status and retryability always are the table's, so that a code means one thing. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly errors: readonly ErrorDetail[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(
      options.message ?? errorTable[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** Whether the value is an error of the table, and if a code is given, that one. */
export function isAppError(value: unknown, code?: ErrorCode): value is AppError {
  return value instanceof AppError && (code === undefined || value.code === code);
}

/** Turns anything thrown into an error of the table: what is not one becomes INTERNAL and is kept as the cause. */
export function toAppError(thrown: unknown): AppError {
  return isAppError(thrown) ? thrown : new AppError('INTERNAL', { cause: thrown });
}
