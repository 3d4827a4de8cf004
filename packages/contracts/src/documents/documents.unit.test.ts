import { describe, expect, it } from 'vitest';
import { commonErrors } from '../operations/operation.js';
import { operationList } from '../operations/operations.js';
import { createAjv, createValidator } from '../schema/create-validator.js';
import { buildAsyncApi } from './build-async-api.js';
import { buildOpenApi, type ErrorTable } from './build-open-api.js';
import { createAnswerChecker, findOperation } from './check-answer.js';

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
  const check = createAnswerChecker({ ...errorTable, INVALID_CREDENTIALS: { status: 401, message: '' } });
  const call = { method: 'POST', path: '/v1/auth/login', contentType: 'application/json; charset=utf-8' };
  const refusal = {
    success: false,
    code: 'INVALID_CREDENTIALS',
    message: 'No.',
    data: null,
    meta: { request_id: 'r' },
  };

  it('takes an answer that keeps the contract', () => {
    expect(check({ ...call, status: 401, body: { ...refusal, errors: [] } })).toEqual([]);
  });

  it('finds a status that is not the code’s, a body of another form and a code nobody declared', () => {
    expect(check({ ...call, status: 403, body: { ...refusal, errors: [] } })).toHaveLength(1);
    expect(check({ ...call, status: 401, body: refusal })).toHaveLength(1);
    expect(check({ ...call, status: 401, body: { ...refusal, code: 'OH_NO', errors: [] } })).toHaveLength(1);
    expect(check({ ...call, status: 200, body: { success: true } })).not.toEqual([]);
  });
});

describe('findOperation', () => {
  it('finds by method and path, with parameters and without the query', () => {
    expect(findOperation('GET', '/v1/ops/user?limit=2')?.id).toBe('listUsers');
    expect(findOperation('delete', '/faces/0198c0de')?.id).toBe('deleteFace');
    expect(findOperation('GET', '/faces/')).toBeUndefined();
  });
});
