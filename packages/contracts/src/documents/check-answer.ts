import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { errorEnvelope } from '../http/envelope.js';
import { createAjv } from '../schema/create-validator.js';
import type { OpenApiDocument } from './build-open-api.js';
import type { JsonObject } from './json-schema.js';
import { createAddressIndex, type DocumentedOperation } from './find-operation.js';

export interface ObservedAnswer {
  readonly method: string;
  /** Path of the call, with or without a query. */
  readonly path: string;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The parsed body of a JSON answer; undefined where there is none to look at (HEAD, a picture, a stream). */
  readonly body: unknown;
}

/** Errors a call can end with before any operation is found. */
export const outsideErrors: readonly string[] = [
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'HEADERS_TOO_LARGE',
  'INTERNAL',
];

const BASE = 'https://rollcall.invalid/openapi';

interface DocumentedAnswer {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

/**
 * Compares answers with the OpenAPI document: status, content type, body and headers. For tests: a service that answers
 * anything its document does not say fails them. Returns the problems, each with operation, status and what ajv says;
 * none when the answer keeps the contract.
 */
export function createAnswerChecker(document: OpenApiDocument): (answer: ObservedAnswer) => string[] {
  const ajv = createAjv({ strict: false, allErrors: true, formats: { binary: true } });
  ajv.addSchema({ $id: BASE, ...document });
  const find = createAddressIndex(document);
  const headersOfContract = namesOfHeaders(document);
  const outside = ajv.compile(errorEnvelope(outsideErrors));

  function problemsOf(operation: DocumentedOperation, answer: ObservedAnswer): string[] {
    const documented = (operation.definition['responses'] as JsonObject)[String(answer.status)] as
      DocumentedAnswer | undefined;
    if (documented === undefined) return [`the document has no such status; code ${codeOf(answer.body)}`];
    return [
      ...problemsOfBody(operation, documented, answer),
      ...problemsOfHeaders(documented, answer, headersOfContract),
    ];
  }

  function problemsOfBody(operation: DocumentedOperation, documented: DocumentedAnswer, answer: ObservedAnswer) {
    const types = Object.keys(documented.content ?? {});
    const given = answer.headers.get('content-type') ?? '';
    const type = types.find((candidate) => given.startsWith(candidate));
    if (type === undefined && types.length > 0) return [`content type '${given}' instead of ${types.join(' or ')}`];
    if (type !== 'application/json' || answer.body === undefined) return [];
    const place = ['paths', operation.path, operation.method, 'responses', answer.status, 'content', type, 'schema'];
    const validate = ajv.getSchema(`${BASE}#/${place.map(escapePointer).join('/')}`);
    if (validate === undefined) return ['the document has no schema for it'];
    return explain(validate as ValidateFunction, answer.body);
  }

  return (answer) => {
    const method = answer.method.toLowerCase();
    const operation = find(method === 'head' ? 'get' : method, answer.path);
    const problems = operation === undefined ? explain(outside, answer.body ?? null) : problemsOf(operation, answer);
    const name = operation?.id ?? `${answer.method} ${answer.path.slice(0, 200)} (no operation)`;
    return problems.map((problem) => `${name} answered ${answer.status}: ${problem}`);
  };
}

function explain(validate: ValidateFunction, body: unknown): string[] {
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }: ErrorObject) => {
    return `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`;
  });
}

/** Every header the document speaks of: such a one must be declared where it is sent. */
function namesOfHeaders(document: OpenApiDocument): ReadonlySet<string> {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const answers = operations.flatMap(({ responses }) => Object.values(responses as Record<string, DocumentedAnswer>));
  return new Set(answers.flatMap(({ headers }) => Object.keys(headers ?? {})));
}

/** Declared headers with `required` must be there; those of the contract must be declared; ids agree with the body. */
function problemsOfHeaders(
  { headers: declared = {} }: DocumentedAnswer,
  { headers, body }: ObservedAnswer,
  known: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const name of known) {
    const definition = declared[name] as { required?: boolean } | undefined;
    const value = headers.get(name);
    if (value !== null && definition === undefined) problems.push(`the document has no header ${name} here`);
    if (value === null && definition?.required === true) problems.push(`the header ${name} is missing`);
  }
  const id = (body as { meta?: { request_id?: unknown } } | null | undefined)?.meta?.request_id;
  // An answer of Node's parser has no such header: the request was never read.
  const sent = headers.get('X-Request-Id');
  if (id !== undefined && sent !== null && id !== sent) problems.push('X-Request-Id is not meta.request_id');
  return problems;
}

/** A part of a JSON pointer in a URI fragment. */
function escapePointer(part: string | number): string {
  return encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
}

function codeOf(body: unknown): string {
  const code = (body as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '(none)';
}
