import type { Problem } from '@rollcall/contracts';

export interface ApiErrorDetails {
  /** The envelope's stable upper-case word, or one of ours: CONNECTION_FAILED, TIMED_OUT, NOT_ROLLCALL. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly message: string;
  readonly requestId?: string | undefined;
  readonly errors?: readonly Problem[];
  /** The state that some refusals carry, such as the rejected images of a registration. */
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** Rollcall refused a request, or could not be reached. The message is for people, the code for programs. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly errors: readonly Problem[];
  readonly data: unknown;

  constructor({ code, status, message, requestId, errors = [], data, cause }: ApiErrorDetails) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
    this.data = data;
  }
}
