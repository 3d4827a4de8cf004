import type { ErrorCode } from './generated/openapi.js';

/** Codes of refusals, and of calls that got no answer of Rollcall. */
export type RollcallErrorCode = ErrorCode | 'CONNECTION_FAILED' | 'TIMED_OUT' | 'NOT_ROLLCALL';

export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface RollcallErrorDetails {
  readonly code: string;
  readonly message: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly errors?: readonly Problem[];
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** Rollcall refused a call or could not be reached. `code` is for programs, `message` for people. */
export class RollcallError extends Error {
  override readonly name = 'RollcallError';
  /** One of the contract's words, or CONNECTION_FAILED, TIMED_OUT, NOT_ROLLCALL. A later Rollcall may know more. */
  readonly code: RollcallErrorCode | (string & {});
  readonly status: number;
  /** What to name when you report a problem. */
  readonly requestId: string | undefined;
  readonly errors: readonly Problem[];
  /** The state that some refusals carry, such as the rejected images of an enrolment. */
  readonly data: unknown;

  constructor({ code, message, status, requestId, errors = [], data, cause }: RollcallErrorDetails) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
    this.data = data;
  }
}

/** The refusal an answer is; NOT_ROLLCALL when something else answered (a proxy, another program). */
export async function readRefusal(response: Response): Promise<RollcallError> {
  const { status } = response;
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  if (typeof body?.['code'] !== 'string' || typeof body['message'] !== 'string') {
    const message = `The answer (HTTP ${status}) is not one of Rollcall's: is another program at this address?`;
    return new RollcallError({ code: 'NOT_ROLLCALL', message, status });
  }
  const {
    code,
    message,
    data,
    errors = [],
    meta,
  } = body as unknown as RollcallErrorDetails & {
    meta?: { request_id?: string };
  };
  return new RollcallError({ code, message, status, requestId: meta?.request_id, errors, data });
}
