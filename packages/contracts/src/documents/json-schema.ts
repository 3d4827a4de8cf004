import type { TSchema } from '@sinclair/typebox';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
// An interface, because a type alias cannot contain itself through Record.
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Schemas with a title are named: they stand once under `components` and are referred to. */
const NAME = /^[A-Z][A-Za-z0-9]*$/;

export interface SchemaWriter {
  /** The schema as the document shows it, with named parts as references. */
  write(schema: TSchema): JsonObject;
  /** Every named schema written so far. */
  readonly components: Readonly<Record<string, JsonObject>>;
}

/**
 * Writes typebox schemas into a document.
 *
 * @throws TypeError when two different schemas have one name.
 */
export function createSchemaWriter(): SchemaWriter {
  const components: Record<string, JsonObject> = {};

  function write(schema: TSchema): JsonObject {
    const name = schema.title;
    if (name === undefined || !NAME.test(name)) return writeParts(schema);
    const written = JSON.stringify(writeParts(schema));
    const known = components[name];
    if (known === undefined) components[name] = JSON.parse(written) as JsonObject;
    else if (JSON.stringify(known) !== written) throw new TypeError(`two different schemas are called ${name}`);
    return { $ref: `#/components/schemas/${name}` };
  }

  function writeParts(schema: TSchema): JsonObject {
    const choices = choicesOf(schema);
    if (choices !== undefined) {
      const { anyOf: _, ...rest } = schema as Record<string, unknown>;
      return { ...plain(rest), type: typeof choices[0], enum: choices };
    }
    const result: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(schema)) result[key] = writeKeyword(key, value);
    return result;
  }

  function writeKeyword(key: string, value: unknown): JsonValue {
    if (key === 'properties' || key === 'patternProperties') {
      const entries = Object.entries(value as Record<string, TSchema>);
      return Object.fromEntries(entries.map(([name, property]) => [name, write(property)]));
    }
    if (key === 'anyOf' || key === 'allOf' || key === 'oneOf') return (value as TSchema[]).map(write);
    if (key === 'items' && typeof value === 'object') return write(value as TSchema);
    return value as JsonValue;
  }

  return { write, components };
}

/** A union of constants reads better as an enumeration. */
function choicesOf(schema: TSchema): (string | number)[] | undefined {
  const variants: unknown = schema['anyOf'];
  if (!Array.isArray(variants) || variants.length === 0) return undefined;
  const constants = variants.map((variant) => (variant as { const?: unknown }).const);
  const alike = constants.every((constant) => constant !== undefined && typeof constant === typeof constants[0]);
  return alike ? (constants as (string | number)[]) : undefined;
}

function plain(value: Record<string, unknown>): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
