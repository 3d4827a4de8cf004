import { BrokenContractError, checkedFetch, type Envelope } from '@rollcall/testkit/rollcall';

export interface CallAnswer<Data> {
  readonly status: number;
  readonly body: Envelope<Data>;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly body?: FormData | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** After this long without an answer the client hangs up, ms. */
  readonly timeoutMs: number;
}

/** One call, no repeats. Every answer is compared with the OpenAPI document. */
export async function callGateway<Data>(call: Call): Promise<CallAnswer<Data>> {
  const { method, url, token, body, timeoutMs } = call;
  const headers = {
    ...call.headers,
    authorization: `Bearer ${token}`,
    ...(typeof body === 'string' && { 'content-type': 'application/json' }),
  };
  const response = await checkedFetch(url, {
    ...{ method, headers, signal: AbortSignal.timeout(timeoutMs) },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: (await response.json()) as Envelope<Data> };
}

/** Whether a client does right to send the same call again: it got no answer, or was told to come back. */
export function isWorthRepeating(answer: CallAnswer<unknown>): boolean {
  return answer.status === 429 || answer.status >= 500;
}

export { BrokenContractError };
