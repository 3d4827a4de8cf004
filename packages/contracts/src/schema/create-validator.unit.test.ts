import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { createValidator } from './create-validator.js';
import { CalendarDate, oneOf, strict, Timestamp, Uuid } from './primitives.js';

describe('formats', () => {
  it.each([
    [Uuid, '0198c0de-7a11-7c00-8000-00000000000a', true],
    [Uuid, '0198C0DE-7A11-7C00-8000-00000000000A', true],
    [Uuid, 'urn:uuid:0198c0de-7a11-7c00-8000-00000000000a', false],
    [Uuid, '{0198c0de-7a11-7c00-8000-00000000000a}', false],
    [CalendarDate, '2024-02-29', true],
    [CalendarDate, '2025-02-29', false],
    [CalendarDate, '0000-01-01', false],
    [Timestamp, '2025-03-03T08:59:12Z', true],
    [Timestamp, '2025-03-03T08:59:12.123456+05:30', true],
    [Timestamp, '2025-03-03T08:59:12+0530', true],
    [Timestamp, '2025-03-03T08:59:12+05', false],
    [Timestamp, '2025-03-03T08:59:12', false],
    [Timestamp, '2025-03-03 08:59:12Z', false],
    [Timestamp, '2025-02-30T08:59:12Z', false],
    [Timestamp, '2016-12-31T23:59:60Z', false],
    [Timestamp, '0001-01-01T00:00:00Z', false],
  ])('%# %s', (schema, text, fits) => {
    expect(createValidator(schema)(text).ok).toBe(fits);
    if (fits && schema === Timestamp) expect(new Date(text).getTime()).not.toBeNaN();
  });
});

describe('createValidator', () => {
  const schema = Type.Object(
    { kind: oneOf(['in', 'out']), count: Type.Optional(Type.Integer({ minimum: 1 })) },
    strict,
  );

  it('names place, code and words of each problem, a union as one', () => {
    expect(createValidator(schema)({ kind: 'up', count: 0, extra: true })).toEqual({
      ok: false,
      problems: [
        { path: '/extra', code: 'UNEXPECTED_FIELD', message: 'is not a known field' },
        { path: '/kind', code: 'NOT_ALLOWED', message: 'must be one of in, out' },
        { path: '/count', code: 'TOO_SMALL', message: 'must be >= 1' },
      ],
    });
  });

  it('names a missing field by its own place', () => {
    expect(createValidator(schema)({})).toMatchObject({ problems: [{ path: '/kind', code: 'REQUIRED' }] });
  });

  it('reads numbers from text only when told to', () => {
    expect(createValidator(schema)({ kind: 'in', count: '3' })).toMatchObject({ ok: false });
    expect(createValidator(schema, { text: true })({ kind: 'in', count: '3' })).toEqual({
      ok: true,
      value: { kind: 'in', count: 3 },
    });
  });

  it.each(['1e999', '-1e999'])('takes no number for which there is no room: %s', (count) => {
    expect(createValidator(schema, { text: true })({ kind: 'in', count })).toMatchObject({ ok: false });
    expect(createValidator(schema)(JSON.parse(`{"kind":"in","count":${count}}`))).toMatchObject({ ok: false });
  });

  it('lists no more than twenty problems', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${String(index)}`, 1]));
    const result = createValidator(schema)(many);
    expect(result.ok ? 0 : result.problems.length).toBe(20);
  });
});
