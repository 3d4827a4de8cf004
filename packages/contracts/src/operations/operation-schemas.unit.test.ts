import type { TObject } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { createValidator } from '../schema/create-validator.js';
import type { Operation } from './operation.js';
import { operations } from './operations.js';

const schemas = Object.values<Operation>(operations).flatMap(({ id, params, query, json, multipart }) =>
  Object.entries({ params, query, json, fields: multipart?.fields })
    .filter((entry): entry is [string, TObject] => entry[1] !== undefined)
    .map(([part, schema]) => ({ id, part, schema })),
);

describe('schemas of operations', () => {
  // They are compiled when they are first used: one that ajv does not take would show in a call, not at the start.
  it.each(schemas)('compile: $id, $part', ({ part, schema }) => {
    const check = createValidator(schema, { text: part === 'query' || part === 'fields' });
    expect(check(null)).toMatchObject({ ok: false });
  });
});
