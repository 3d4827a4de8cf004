import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { compare } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapInstallation } from './bootstrap-installation.js';
import { openTemporaryOperator } from './open-temporary-operator.js';

let db: TestDatabase;
const options = { email: 'demo@rollcall.local', fullName: 'Demo operator', actor: 'system:demo' };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function read(): Promise<Record<string, unknown>> {
  const sql = `select role_id, is_active, is_deleted, password_hash, token_generation from users where email = $1`;
  const { rows } = await db.owner.query<Record<string, unknown>>(sql, [options.email]);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

describe('openTemporaryOperator', () => {
  it('says what to do when there is no organization', async () => {
    await expect(openTemporaryOperator(db.ownerUrl, options)).rejects.toThrow('start Rollcall once');
  });

  it('may sign in until it is closed, and again when opened again', async () => {
    await bootstrapInstallation(db.ownerUrl, { adminPassword: 'of the administrator' });
    for (const generation of [1, 2]) {
      const operator = await openTemporaryOperator(db.ownerUrl, options);
      expect(operator).toMatchObject({ email: options.email, organization: 'default' });
      const open = await read();
      expect(open).toMatchObject({ role_id: 2, is_active: true, is_deleted: false, token_generation: generation });
      expect(await compare(operator.password, open['password_hash'] as string)).toBe(true);
      await operator.close();
      expect(await read()).toMatchObject({ is_active: false, password_hash: null, token_generation: generation + 1 });
    }
    const types = `select array_agg(type order by position) from events where actor = 'system:demo'`;
    expect(await queryValue(db.owner, types)).toEqual(['user.created', 'user.updated', 'user.updated', 'user.updated']);
  });
});
