import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { createCheck, type CheckOptions } from './check-call.js';

const schema = Type.Object({
  name: Type.Optional(Type.String()),
  people: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
});
const DAMAGED = Buffer.from('Jörg', 'latin1').toString('utf8');

function pathsOf(value: unknown, options: Partial<CheckOptions> = {}): unknown {
  try {
    createCheck(schema, { text: false, kept: true, ...options })(value);
    return [];
  } catch (error) {
    const { code, errors } = error as { code: string; errors: { path: string; code: string }[] };
    expect(code).toBe('VALIDATION_FAILED');
    return errors.map((problem) => `${problem.path} ${problem.code}`);
  }
}

describe('createCheck', () => {
  it('finds text that cannot be kept wherever it stands, in lists too', () => {
    const people = [{ name: 'Ada' }, { name: DAMAGED }, { name: 'a\ud800' }];
    expect(pathsOf({ name: 'a\0', people })).toEqual([
      '/name WRONG_FORMAT',
      '/people/1/name WRONG_FORMAT',
      '/people/2/name WRONG_FORMAT',
    ]);
  });

  it('finds it in forms', () => {
    expect(pathsOf({ name: DAMAGED }, { text: true })).toEqual(['/name WRONG_FORMAT']);
  });

  it('lets damaged text be looked for, but not what the database cannot hold', () => {
    expect(pathsOf({ name: DAMAGED }, { kept: false })).toEqual([]);
    expect(pathsOf({ name: 'a\0' }, { kept: false })).toEqual(['/name WRONG_FORMAT']);
  });

  it('leaves the items of a list that is judged item by item to who reads it', () => {
    expect(pathsOf({ name: DAMAGED, people: [{ name: DAMAGED }] }, { judgedSingly: 'people' })).toEqual([
      '/name WRONG_FORMAT',
    ]);
  });

  it('does not look through images in base64', () => {
    expect(pathsOf({ name: `${'A'.repeat(10_000)}${DAMAGED}` })).toEqual([]);
  });
});
