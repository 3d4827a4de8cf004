import { Rollcall } from '@rollcall/client';
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

/** A call may be repeated when doing it twice is the same as doing it once. */
export function isRepeatable({ method, idempotencyKey, repeatable = false }: ApiRequest): boolean {
  return method === 'GET' || (method === 'POST' && (idempotencyKey !== undefined || repeatable));
}

/**
 * Sends one request and opens the envelope of its answer. The client repeats it after a lost connection or a passing
 * refusal when it is repeatable, and never otherwise.
 *
 * @throws ApiError
 */
export async function sendRequest<Data>(connection: Connection, request: ApiRequest): Promise<Answer<Data>> {
  const { baseUrl, accessToken, signal } = connection;
  const rollcall = new Rollcall({
    baseUrl,
    isRepeatable: () => isRepeatable(request),
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const response = await rollcall.send(toRequest(baseUrl, request));
    return readEnvelope<Data>(response.status, await response.text());
  } catch (error) {
    throw withAdvice(error);
  }
}

function toRequest(baseUrl: string, { method, path, query = {}, json, form, ...rest }: ApiRequest): Request {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const headers = new Headers({ accept: 'application/json' });
  if (rest.idempotencyKey !== undefined) headers.set('idempotency-key', rest.idempotencyKey);
  if (rest.waitSeconds !== undefined) headers.set('prefer', `wait=${rest.waitSeconds}`);
  if (json !== undefined) headers.set('content-type', 'application/json');
  const body = json === undefined ? form : JSON.stringify(json);
  return new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== 'CONNECTION_FAILED') return error;
  const { code, status } = error;
  return new ApiError({ code, status, message: `${error.message} \`npm start\` starts it.`, cause: error });
}
