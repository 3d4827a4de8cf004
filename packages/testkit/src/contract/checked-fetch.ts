import { buildOpenApi, createAnswerChecker } from '@rollcall/contracts';
import { errorTable } from '@rollcall/service-kit';

/** An answer said something the OpenAPI document does not. */
export class BrokenContractError extends Error {
  override readonly name = 'BrokenContractError';
}

/** Made when the first answer comes: most test files call nobody, and the document takes a while. */
let check: ReturnType<typeof createAnswerChecker> | undefined;

/**
 * The only way tests call Rollcall (the linter knows): `fetch` that compares every answer with the OpenAPI document and
 * throws when it is not in there, with operation, status and what is wrong. Pages for people and CORS preflights are no
 * part of the document.
 *
 * @throws BrokenContractError
 */
export const checkedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { pathname, search } = new URL(request.url);
  const response = await fetch(request);
  if (isPage(pathname) || request.method === 'OPTIONS') return response;
  const json = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const text = json && request.method !== 'HEAD' ? await response.clone().text() : '';
  check ??= createAnswerChecker(buildOpenApi({ errorTable, version: '0.0.0-test' }));
  const problems = check({
    method: request.method,
    path: pathname + search,
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  });
  if (problems.length === 0) return response;
  throw new BrokenContractError(`${problems.join('\n')}\n${text.slice(0, 500)}`);
};

function isPage(path: string): boolean {
  return path === '/' || path === '/docs' || path.startsWith('/docs/');
}
