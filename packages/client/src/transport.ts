import { readRefusal, RollcallError } from './rollcall-error.js';
import type { Session } from './session.js';

export interface TransportOptions {
  readonly fetch: typeof fetch;
  readonly session: Session;
  /** Another credential than the session's token, asked for before each call. */
  readonly credential?: (() => string | Promise<string>) | undefined;
  /** Whether doing it twice is the same as doing it once. */
  readonly isRepeatable: (request: Request) => boolean;
  /** How often a call that may be repeated is repeated after a lost connection or a passing refusal. */
  readonly repeats: number;
  /** How long an answer may take, ms, beside what the call asked to wait. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_PAUSE_MS = 10_000;
/** Longest a call can ask the server to wait for something. */
const LONGEST_WAIT_SECONDS = 30;

/** A GET changes nothing, and one Idempotency-Key does one thing. */
export function isRepeatable(request: Request): boolean {
  return request.method === 'GET' || request.headers.has('Idempotency-Key');
}

/**
 * Sends a request with the caller's credentials. Repeats what is safe to repeat (GET, or with an Idempotency-Key),
 * refreshes an ended token once, and throws what is refused.
 *
 * @throws RollcallError
 */
export function createTransport(options: TransportOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let repeats = options.isRepeatable(request) ? options.repeats : 0; ; repeats -= 1) {
      const outcome = await attempt(request, options);
      if (outcome instanceof Response && outcome.ok) return outcome;
      const passing = outcome instanceof Response ? PASSING.has(outcome.status) : outcome.code === 'CONNECTION_FAILED';
      if (!passing || repeats <= 0) throw outcome instanceof Response ? await readRefusal(outcome) : outcome;
      await pause(outcome instanceof Response ? pauseOf(outcome) : 500, signalOf(request, options));
    }
  };
}

async function attempt(request: Request, options: TransportOptions): Promise<Response | RollcallError> {
  const { session, credential } = options;
  const token = await (credential === undefined ? session.accessToken() : credential());
  const used = session.tokens;
  const response = await send(withToken(request, token), options);
  if (!(response instanceof Response) || response.status !== 401 || credential !== undefined || used === undefined) {
    return response;
  }
  await session.refresh(used);
  return send(withToken(request, session.tokens?.access_token), options);
}

function withToken(request: Request, token: string | undefined): Request {
  const copy = request.clone();
  if (token !== undefined) copy.headers.set('Authorization', `Bearer ${token}`);
  return copy;
}

async function send(
  request: Request,
  { fetch, timeoutMs, signal }: TransportOptions,
): Promise<Response | RollcallError> {
  const isStream = request.headers.get('Accept') === 'text/event-stream';
  const late = AbortSignal.timeout(isStream ? 2 ** 31 - 1 : timeoutMs + waitOf(request) * 1_000);
  try {
    return await fetch(request, { signal: AbortSignal.any([signalOf(request, { signal }), late]) });
  } catch (error) {
    if (request.signal.aborted || signal?.aborted === true || !isNetworkTrouble(error, late)) throw error;
    const { origin } = new URL(request.url);
    return late.aborted
      ? new RollcallError({
          code: 'TIMED_OUT',
          status: 0,
          message: `Rollcall at ${origin} did not answer in time.`,
          cause: error,
        })
      : new RollcallError({
          code: 'CONNECTION_FAILED',
          status: 0,
          message: `Rollcall does not answer at ${origin}. Is it running?`,
          cause: error,
        });
  }
}

function signalOf({ signal }: Request, options: Pick<TransportOptions, 'signal'>): AbortSignal {
  return options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
}

/** `fetch` throws a TypeError for a connection that cannot be made or breaks. */
function isNetworkTrouble(error: unknown, late: AbortSignal): boolean {
  return late.aborted || error instanceof TypeError;
}

function waitOf(request: Request): number {
  const asked = /wait=(\d+)/.exec(`${request.headers.get('Prefer') ?? ''} ${new URL(request.url).search}`)?.[1];
  // Enrolment waits by itself.
  return asked === undefined ? 10 : Math.min(Number(asked), LONGEST_WAIT_SECONDS);
}

function pauseOf(response: Response): number {
  const seconds = Number(response.headers.get('Retry-After') ?? '1');
  return Math.min(Number.isFinite(seconds) ? seconds * 1_000 : 1_000, LONGEST_PAUSE_MS);
}

/** @throws what `signal` was aborted with. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
