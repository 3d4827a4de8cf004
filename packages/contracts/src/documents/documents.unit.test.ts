import { describe, expect, it } from 'vitest';
import { commonErrors } from '../operations/operation.js';
import { operationList } from '../operations/operations.js';
import { createAjv, createValidator } from '../schema/create-validator.js';
import { buildAsyncApi } from './build-async-api.js';
import { buildOpenApi, type ErrorTable } from './build-open-api.js';
import { createAnswerChecker } from './check-answer.js';
import { createAddressIndex } from './find-operation.js';

const codes = operationList.flatMap((operation) => [...commonErrors(operation), ...(operation.errors ?? [])]);
const errorTable: ErrorTable = Object.fromEntries(codes.map((code) => [code, { status: 499, message: code }]));
const document = buildOpenApi({ errorTable, version: '1.2.3' });

/** Every JSON pointer `$ref` in a document. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (key === '$ref' ? [String(part)] : referencesIn(part)));
}

function resolve(root: unknown, pointer: string): unknown {
  const steps = pointer.slice(2).split('/');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root);
}

describe('operations', () => {
  it('have one method and path each', () => {
    const addresses = operationList.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it.each(operationList)('$id declares its path parameters', ({ path, params }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.properties ?? {})).toEqual(named);
  });

  it.each(operationList)('$id has examples that validate', ({ json, jsonExample, answers }) => {
    if (json !== undefined) expect(createValidator(json)(jsonExample)).toMatchObject({ ok: true });
    for (const { data, example } of answers) {
      if (data !== undefined) expect(createValidator(data)(example)).toMatchObject({ ok: true });
    }
  });
});

describe('buildOpenApi', () => {
  it('has only references that lead somewhere', () => {
    const references = referencesIn(document);
    expect(references).toContain('#/components/schemas/RecognizeResponse');
    for (const reference of references) expect(resolve(document, reference), reference).toBeDefined();
  });

  it('holds answer examples that validate against the document itself', () => {
    const ajv = createAjv({ strict: false });
    ajv.addSchema({ $id: 'https://rollcall.invalid/openapi', ...document });
    let checked = 0;
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        for (const [status, answer] of Object.entries(operation['responses'] as object)) {
          const content = (answer as { content: Record<string, { example?: unknown }> }).content['application/json'];
          if (content?.example === undefined) continue;
          const escaped = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
          const place = `/paths/${escaped}/${method}/responses/${status}/content/application~1json/schema`;
          const validate = ajv.compile({ $ref: `https://rollcall.invalid/openapi#${place}` });
          expect(validate(content.example), `${place} ${JSON.stringify(validate.errors)}`).toBe(true);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(15);
  });

  it('refuses an operation that ends with an error the table does not have', () => {
    const { INTERNAL: _, ...incomplete } = errorTable;
    expect(() => buildOpenApi({ errorTable: incomplete, version: '1' })).toThrow(/INTERNAL/);
  });
});

describe('buildAsyncApi', () => {
  it('has a message for each payload and only references that lead somewhere', () => {
    const events = buildAsyncApi({ version: '1.2.3' });
    expect(resolve(events, '#/components/messages/recognition.completed.v1')).toBeDefined();
    for (const reference of referencesIn(events)) expect(resolve(events, reference), reference).toBeDefined();
  });
});

describe('createAnswerChecker', () => {
  const byCode = { ...errorTable, INVALID_CREDENTIALS: { status: 401, message: '' } };
  const check = createAnswerChecker(buildOpenApi({ errorTable: byCode, version: '1' }));
  const headers = new Headers({
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': 'r',
    'www-authenticate': 'Bearer',
  });
  const call = { method: 'POST', path: '/v1/auth/login', headers, status: 401 };
  const refusal = {
    ...{ success: false, code: 'INVALID_CREDENTIALS', message: 'No.' },
    ...{ data: null, meta: { request_id: 'r' }, errors: [] },
  };
  const without = (name: string) => {
    const fewer = new Headers(headers);
    fewer.delete(name);
    return fewer;
  };

  it('takes an answer that keeps the contract', () => {
    expect(check({ ...call, body: refusal })).toEqual([]);
  });

  it('tells operation, status and what ajv says', () => {
    const { errors: _, ...incomplete } = refusal;
    expect(check({ ...call, body: incomplete })).toEqual([
      `login answered 401: / must have required property 'errors' {"missingProperty":"errors"}`,
    ]);
  });

  it.each([
    ['a status of another code', { status: 499 }],
    ['a status nobody declared', { status: 402 }],
    ['a code nobody declared', { body: { ...refusal, code: 'OH_NO' } }],
    ['a field nobody declared', { body: { ...refusal, debug: 'stack' } }],
    ['a cursor where there is no list', { body: { ...refusal, meta: { request_id: 'r', next_cursor: null } } }],
    ['success without its data', { status: 200, headers: without('www-authenticate'), body: { success: true } }],
    ['another content type', { headers: new Headers({ ...Object.fromEntries(headers), 'content-type': 'text/html' }) }],
    ['a missing header', { headers: without('www-authenticate') }],
    ['a header nobody declared here', { headers: new Headers({ ...Object.fromEntries(headers), location: '/x' }) }],
    ['another request id', { body: { ...refusal, meta: { request_id: 'other' } } }],
  ])('finds %s', (_, different) => {
    expect(check({ ...call, body: refusal, ...different })).not.toEqual([]);
  });

  it('wants a cursor of a list, also at its end', () => {
    const listed = { success: true, code: 'USERS_LISTED', message: '', data: [], errors: [] };
    const list = { method: 'GET', path: '/v1/ops/user', status: 200, headers: without('www-authenticate') };
    expect(check({ ...list, body: { ...listed, meta: { request_id: 'r', next_cursor: null } } })).toEqual([]);
    expect(check({ ...list, body: { ...listed, meta: { request_id: 'r' } } })).not.toEqual([]);
  });

  it('knows what is answered where there is no operation', () => {
    const nothing = { ...refusal, code: 'NOT_FOUND' };
    expect(check({ ...call, path: '/v1/nothing', status: 404, body: nothing })).toEqual([]);
    expect(check({ ...call, path: '/v1/nothing', body: refusal })).not.toEqual([]);
  });
});

describe('createAddressIndex', () => {
  const find = createAddressIndex(document);

  it('finds by method and path, with parameters and without the query', () => {
    expect(find('get', '/v1/ops/user?limit=2')?.id).toBe('listUsers');
    expect(find('delete', '/faces/0198c0de')?.id).toBe('deleteFace');
    expect(find('get', '/faces/')).toBeUndefined();
    expect(find('get', '/v1/ops/user/%zz')).toBeUndefined();
  });

  it('finds every operation at its own address', () => {
    for (const { id, method, path } of operationList) expect(find(method, path)?.id).toBe(id);
  });
});
