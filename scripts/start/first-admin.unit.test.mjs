import { describe, expect, it } from 'vitest';
import { firstAdmin } from './first-admin.mjs';

describe('firstAdmin', () => {
  it.each([
    [{}, {}],
    [{ ROLLCALL_ADMIN_EMAIL: '  ' }, {}],
    [{ ROLLCALL_ADMIN_EMAIL: ' boss@example.org ' }, { adminEmail: 'boss@example.org' }],
  ])('of %j', (env, options) => {
    expect(firstAdmin(env)).toEqual(options);
  });

  it.each(['boss', 'boss@', '@example.org', 'a b@example.org', `${'x'.repeat(250)}@example.org`])(
    'refuses %j',
    (email) => {
      expect(() => firstAdmin({ ROLLCALL_ADMIN_EMAIL: email })).toThrow('ROLLCALL_ADMIN_EMAIL');
    },
  );
});
