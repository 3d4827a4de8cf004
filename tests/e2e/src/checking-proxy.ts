import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { BrokenContractError, checkedFetch } from '@rollcall/testkit/rollcall';

/** Of one connection, not of the call. */
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'expect']);
/** `fetch` has unpacked the body already. */
const NOT_PASSED_BACK = new Set([...HOP_HEADERS, 'content-encoding']);

/** Stands between a program of somebody else's and Rollcall, and compares every answer with the OpenAPI document. */
export interface CheckingProxy {
  readonly url: string;
  /** Calls answered so far, as `METHOD /path STATUS`. */
  readonly answered: readonly string[];
  /** What answers said that the document does not. Their callers got 502. */
  readonly broken: readonly string[];
  close(): Promise<void>;
}

/** @param target where Rollcall answers, without a slash at the end. */
export async function startCheckingProxy(target: string): Promise<CheckingProxy> {
  const answered: string[] = [];
  const broken: string[] = [];

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const answer = await checkedFetch(target + url, {
      method,
      headers: headersOf(request),
      redirect: 'manual',
      ...(method !== 'GET' && method !== 'HEAD' && { body: Uint8Array.from(await buffer(request)) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    answered.push(`${method} ${url.split('?', 1)[0] ?? ''} ${String(answer.status)}`);
    const headers = [...answer.headers].filter(([name]) => !NOT_PASSED_BACK.has(name));
    response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      broken.push(error instanceof BrokenContractError ? error.message : `${String(request.url)}: ${String(error)}`);
      response.writeHead(502).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    answered,
    broken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!HOP_HEADERS.has(name.toLowerCase())) headers.append(name, value);
  }
  return headers;
}
