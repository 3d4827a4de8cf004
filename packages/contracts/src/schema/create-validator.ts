import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats';

// The package is CommonJS: under Node's ESM rules its default export is the module object.
const addFormats = addFormatsModule as unknown as FormatsPlugin;

/** One thing that is wrong with a value: where (JSON pointer, '' is the whole), a code word, and words. */
export interface SchemaProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Problems listed at most: an answer is for reading, and a hostile body must not make a long one. */
const MAX_PROBLEMS = 20;

export function createAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    allowUnionTypes: true,
    ...options,
  });
  addFormats(ajv);
  narrow(ajv, 'uuid', UUID);
  narrow(ajv, 'date', YEAR);
  narrow(ajv, 'date-time', TIMESTAMP);
  return ajv;
}

/** Without the `urn:uuid:` form, which the database does not take. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** This century and its neighbours: what lies outside is a mistake, and not every part could store it. */
const YEAR = /^(19|20|21)\d\d-/;
/** With a `T` and an offset with its minutes, and without leap seconds: all of it as JavaScript's `Date` reads it. */
const TIMESTAMP = /^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i;

/** Adds a condition to a format of ajv-formats. */
function narrow(ajv: Ajv2020, name: string, condition: RegExp): void {
  const format = ajv.formats[name];
  const given = typeof format === 'object' && 'validate' in format ? format.validate : format;
  ajv.addFormat(name, (text: string) => condition.test(text) && satisfies(given, text));
}

function satisfies(format: unknown, text: string): boolean {
  if (format instanceof RegExp) return format.test(text);
  return typeof format === 'function' && (format as (value: string) => boolean)(text);
}

const plain = createAjv();
/** Query strings and form fields are text: numbers and booleans are read from it, and only there. */
const coercing = createAjv({ coerceTypes: true, useDefaults: true });

/**
 * A check of a schema, compiled once, when it is first used: compiling those of every operation at the start would keep
 * everybody waiting for calls that may never come. The check leaves the value as it is, except with `text`, where numbers and booleans are read
 * from strings and defaults are filled in, in place.
 */
export function createValidator<Schema extends TSchema>(
  schema: Schema,
  options: { readonly text?: boolean } = {},
): (value: unknown) => Checked<Static<Schema>> {
  const text = options.text === true;
  let compiled: ValidateFunction<Static<Schema>> | undefined;
  return (value) => {
    const validate = (compiled ??= (text ? coercing : plain).compile<Static<Schema>>(schema));
    if (!validate(value)) return { ok: false, problems: explainErrors(validate.errors ?? []) };
    const problems = text ? findInfinite(value) : [];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  };
}

/** `1e999` is read as Infinity, which ajv takes for a number but compares with no limit. Text is flat. */
function findInfinite(value: unknown): SchemaProblem[] {
  return Object.entries(value as Record<string, unknown>)
    .filter(([, number]) => number === Infinity || number === -Infinity)
    .map(([name]) => ({ path: `/${name}`, code: 'TOO_LARGE', message: 'is too large a number' }));
}

/** Turns ajv's errors into problems: one a place, unions told as a whole. */
export function explainErrors(errors: readonly ErrorObject[]): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  for (const error of summarizeUnions(errors)) {
    const path = placeOf(error);
    if (!problems.has(path)) problems.set(path, { path, code: codeOf(error), message: wordsOf(error) });
    if (problems.size >= MAX_PROBLEMS) break;
  }
  return [...problems.values()];
}

/** A union of constants reports an error a choice and one for the union: the last says it all. */
function summarizeUnions(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter(
    (error) =>
      error.keyword === 'anyOf' || !unions.some(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/`)),
  );
}

function placeOf(error: ErrorObject): string {
  const params = error.params as { missingProperty?: string; additionalProperty?: string };
  const child = params.missingProperty ?? params.additionalProperty;
  return child === undefined ? error.instancePath : `${error.instancePath}/${child.slice(0, 100)}`;
}

const codes: Readonly<Record<string, string>> = {
  required: 'REQUIRED',
  additionalProperties: 'UNEXPECTED_FIELD',
  type: 'WRONG_TYPE',
  format: 'WRONG_FORMAT',
  pattern: 'WRONG_FORMAT',
  minLength: 'TOO_SHORT',
  maxLength: 'TOO_LONG',
  minimum: 'TOO_SMALL',
  exclusiveMinimum: 'TOO_SMALL',
  maximum: 'TOO_LARGE',
  exclusiveMaximum: 'TOO_LARGE',
  minItems: 'TOO_FEW',
  maxItems: 'TOO_MANY',
  minProperties: 'TOO_FEW',
  anyOf: 'NOT_ALLOWED',
  const: 'NOT_ALLOWED',
  enum: 'NOT_ALLOWED',
};

function codeOf(error: ErrorObject): string {
  return codes[error.keyword] ?? 'INVALID';
}

function wordsOf(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return 'is not a known field';
  if (error.keyword === 'required') return 'is required';
  if (error.keyword === 'anyOf') return describeChoices(error);
  return error.message ?? 'is not valid';
}

function describeChoices(error: ErrorObject): string {
  const variants = Array.isArray(error.schema) ? (error.schema as { const?: unknown }[]) : [];
  const choices = variants.map((variant) => variant.const);
  if (choices.length === 0 || choices.includes(undefined)) return 'has none of the allowed forms';
  return `must be one of ${choices.join(', ')}`;
}
