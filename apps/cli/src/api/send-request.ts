import got, { RequestError, TimeoutError, type Method } from 'got';
import { ApiError } from './api-error.js';
import { readEnvelope, type Answer } from './read-envelope.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly form?: FormData;
  /** Makes a POST safe to repeat: the same key never creates twice. */
  readonly idempotencyKey?: string;
  /** A POST that gives the same answer when it is repeated at once. */
  readonly repeatable?: boolean;
  /** How long the server may hold its answer, in seconds (`Prefer: wait=N`); the time limit of the call grows by it. */
  readonly waitSeconds?: number;
}

/** Which Rollcall, and as whom. */
export interface Connection {
  readonly baseUrl: string;
  /** Asked for before each call: it is replaced while a command runs. */
  readonly accessToken?: (() => Promise<string>) | undefined;
  /** Ends a call that is under way. */
  readonly signal?: AbortSignal | undefined;
}

const ANSWER_LIMIT_MS = 20_000;
const REPEATS = 3;
const TRANSIENT_STATUS = [429, 502, 503, 504];

/** A call may be repeated when doing it twice is the same as doing it once. */
export function isRepeatable({ method, idempotencyKey, repeatable = false }: ApiRequest): boolean {
  return method === 'GET' || (method === 'POST' && (idempotencyKey !== undefined || repeatable));
}

/**
 * Sends one request and opens the envelope of its answer. Repeats after a lost connection or a passing refusal (429, 502,
 * 503, 504; `Retry-After` is obeyed) when the call is repeatable, and never otherwise.
 *
 * @throws ApiError
 */
export async function sendRequest<Data>(connection: Connection, request: ApiRequest): Promise<Answer<Data>> {
  const { body, headers } = await encodeBody(request);
  const identity = await authorization(connection);
  try {
    const response = await got(new URL(request.path, connection.baseUrl), {
      method: request.method as Method,
      searchParams: request.query ?? {},
      headers: { ...headers, ...identity, ...preferences(request) },
      ...(body === undefined ? {} : { body }),
      ...(connection.signal === undefined ? {} : { signal: connection.signal }),
      timeout: { connect: 5_000, request: ANSWER_LIMIT_MS + (request.waitSeconds ?? 0) * 1000 },
      retry: {
        limit: isRepeatable(request) ? REPEATS : 0,
        methods: ['GET', 'POST'],
        statusCodes: TRANSIENT_STATUS,
        maxRetryAfter: 10_000,
      },
      throwHttpErrors: false,
      followRedirect: false,
      decompress: true,
    });
    return readEnvelope<Data>(response.statusCode, response.body);
  } catch (error) {
    throw asApiError(error, connection.baseUrl);
  }
}

async function encodeBody({
  json,
  form,
}: ApiRequest): Promise<{ body?: string | Buffer; headers: Record<string, string> }> {
  if (json !== undefined) return { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  if (form === undefined) return { headers: {} };
  // Encoded into memory, because a stream could not be sent a second time.
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return { body, headers: { 'content-type': encoded.headers.get('content-type') ?? 'multipart/form-data' } };
}

async function authorization({ accessToken }: Connection): Promise<Record<string, string>> {
  return accessToken === undefined ? {} : { authorization: `Bearer ${await accessToken()}` };
}

function preferences({ idempotencyKey, waitSeconds }: ApiRequest): Record<string, string> {
  return {
    accept: 'application/json',
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
  };
}

function asApiError(error: unknown, baseUrl: string): unknown {
  if (error instanceof TimeoutError) {
    const message = `Rollcall at ${baseUrl} did not answer in time.`;
    return new ApiError({ code: 'TIMED_OUT', status: 0, message, cause: error });
  }
  if (error instanceof RequestError && error.code !== 'ERR_ABORTED') {
    const message = `Rollcall does not answer at ${baseUrl} (${error.code}). Is it running? \`npm start\` starts it.`;
    return new ApiError({ code: 'CONNECTION_FAILED', status: 0, message, cause: error });
  }
  return error;
}
