import type { TSchema } from '@sinclair/typebox';
import { errorEnvelope, successEnvelope, type Meta } from '../http/envelope.js';
import { commonErrors, type Operation } from '../operations/operation.js';
import { operationList } from '../operations/operations.js';
import { createValidator, type Checked } from '../schema/create-validator.js';
import type { ErrorTable } from './build-open-api.js';

export interface ObservedAnswer {
  readonly method: string;
  /** Path of the call, with or without a query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  /** The parsed body of a JSON answer. */
  readonly body: unknown;
}

/** Errors a call can end with before any operation is found. */
export const outsideErrors: readonly string[] = [
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'INTERNAL',
];

/**
 * Compares answers with the contract: status, content type, code and body. For tests: a service that answers anything
 * the documents do not say fails them. Returns the problems, none when the answer keeps the contract.
 */
export function createAnswerChecker(errorTable: ErrorTable): (answer: ObservedAnswer) => string[] {
  const validators = new Map<string, (value: unknown) => Checked<unknown>>();

  function validate(key: string, schema: () => TSchema, value: unknown): string[] {
    let validator = validators.get(key);
    if (validator === undefined) validators.set(key, (validator = createValidator(schema())));
    const result = validator(value);
    return result.ok ? [] : result.problems.map(({ path, message }) => `${key}: ${path || '/'} ${message}`);
  }

  function checkError(operation: Operation | undefined, answer: ObservedAnswer): string[] {
    const code = (answer.body as { code?: string } | null)?.code ?? '';
    const name = operation?.id ?? `${answer.method} ${answer.path}`;
    const allowed = operation ? [...commonErrors(operation), ...(operation.errors ?? [])] : outsideErrors;
    if (!allowed.includes(code)) return [`${name}: ${String(answer.status)} ${code} is not in the contract`];
    if (errorTable[code]?.status !== answer.status) return [`${name}: ${code} came with ${String(answer.status)}`];
    return validate(
      `${name} ${code}`,
      () => errorEnvelope([code], operation?.errorData?.[code] ?? undefined),
      answer.body,
    );
  }

  return (answer) => {
    const operation = findOperation(answer.method, answer.path);
    const expected = operation?.answers.find(({ status }) => status === answer.status);
    if (operation === undefined || expected === undefined) return checkError(operation, answer);
    const type = expected.contentType ?? 'application/json';
    if (!answer.contentType.startsWith(type)) return [`${operation.id}: ${answer.contentType} instead of ${type}`];
    const { codes, data, paging } = expected;
    if (codes === undefined || data === undefined) return [];
    const problems = validate(
      `${operation.id} ${String(answer.status)}`,
      () => successEnvelope(codes, data),
      answer.body,
    );
    return problems.length > 0 ? problems : checkPaging(operation, paging, (answer.body as { meta: Meta }).meta);
  };
}

function checkPaging(operation: Operation, paging: 'list' | 'feed' | undefined, meta: Meta): string[] {
  const cursor = meta.next_cursor;
  if (paging === 'feed')
    return typeof cursor === 'string' ? [] : [`${operation.id}: a feed gives a cursor to go on from`];
  if (paging === 'list') return cursor === undefined ? [`${operation.id}: a list gives next_cursor`] : [];
  return cursor === undefined ? [] : [`${operation.id}: no list, so no cursor`];
}

/** The operation a call belongs to. */
export function findOperation(method: string, path: string): Operation | undefined {
  const parts = (path.split('?', 1)[0] ?? '').split('/');
  // What cannot be decoded belongs to no operation.
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
  return operationList.find((operation) => {
    const wanted = operation.path.split('/');
    return (
      operation.method === method.toLowerCase() &&
      wanted.length === parts.length &&
      wanted.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''))
    );
  });
}
