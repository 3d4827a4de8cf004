import type { TObject, TSchema } from '@sinclair/typebox';
import { ALLOWED, SECRET } from './setting-types.js';

/** What a reader needs to know of one variable. */
export interface SettingDescription {
  readonly name: string;
  readonly allowed: string;
  readonly defaultValue: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
}

/** Describes every variable of a schema in the order in which the schema names them. */
export function describeSettings(schema: TObject): SettingDescription[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    allowed: describeAllowed(property),
    defaultValue: property.default === undefined ? undefined : String(property.default),
    required: required.has(name) && property.default === undefined,
    secret: property[SECRET] === true,
    description: property.description ?? '',
  }));
}

/** Says in words which values a setting takes: "a whole number from 1 to 10", "one of rfb, haar". */
export function describeAllowed(property: TSchema): string {
  if (typeof property[ALLOWED] === 'string') return property[ALLOWED];
  const choices = choicesOf(property);
  if (choices.length > 0) return `one of ${choices.join(', ')}`;
  switch (property['type']) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${describeRange(property)}`;
    case 'number':
      return `a number${describeRange(property)}`;
    default:
      return describeText(property);
  }
}

function choicesOf(property: TSchema): string[] {
  const variants: unknown[] = Array.isArray(property['anyOf']) ? property['anyOf'] : [property];
  const constants = variants.map((variant) => (variant as { const?: unknown }).const);
  return constants.every((constant) => constant !== undefined) ? constants.map(String) : [];
}

function describeRange(property: TSchema): string {
  const { minimum, maximum, exclusiveMinimum } = property as Record<string, number | undefined>;
  if (exclusiveMinimum !== undefined) {
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and up to ${maximum}`}`;
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function describeText(property: TSchema): string {
  if (property['separator'] !== undefined) return 'a list separated by commas';
  if (property['pattern'] !== undefined) return `text that matches ${String(property['pattern'])}`;
  const minLength = property['minLength'] as number | undefined;
  return minLength !== undefined && minLength > 1 ? `text of at least ${minLength} characters` : 'text';
}
