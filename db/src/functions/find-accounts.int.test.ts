import { buildOrganization, buildSource, buildUser, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

describe('find_login', () => {
  const find = async (email: string, slug: string | null): Promise<unknown[]> =>
    (await db.gateway.query('select * from find_login($1, $2)', [email, slug])).rows as unknown[];

  it('finds the accounts of an address in every organization, or in the one named, without a scope', async () => {
    const [one, two] = [
      await buildOrganization(db.owner, { slug: 'one' }),
      await buildOrganization(db.owner, { slug: 'two' }),
    ];
    const email = 'ada@example.test';
    const ofOne = await buildUser(db.owner, one.id, { email, passwordHash: 'hash-one', roleId: 2 });
    const ofTwo = await buildUser(db.owner, two.id, { email });
    const first = {
      ...{
        user_id: ofOne.id,
        organization_id: one.id,
        organization_slug: 'one',
        password_hash: 'hash-one',
        role_id: 2,
      },
      ...{ token_generation: 1, is_active: true },
    };
    expect(await find('Ada@Example.test', null)).toMatchObject([first, { user_id: ofTwo.id, password_hash: null }]);
    expect(await find(email, 'two')).toMatchObject([{ user_id: ofTwo.id }]);
    expect(await find(email, 'three')).toEqual([]);
    expect(await find('%', null)).toEqual([]);
    await db.owner.query('update users set is_deleted = true where id = $1', [ofTwo.id]);
    await db.owner.query('update users set is_active = false where id = $1', [ofOne.id]);
    expect(await find(email, null)).toEqual([{ ...first, is_active: false }]);
  });

  it('is for the gateway', async () => {
    await expect(db.system.query(`select find_login('a', null)`)).rejects.toThrow('permission denied');
  });
});

describe('find_api_key', () => {
  it('finds a key by its hash while it is good', async () => {
    const { id: organizationId } = await buildOrganization(db.owner);
    const source = await buildSource(db.owner, organizationId);
    const hash = (key: string): Buffer => createHash('sha256').update(key).digest();
    const insert = (key: string, times: { expires_at?: string; revoked_at?: string }): Promise<unknown> =>
      db.owner.query(
        `insert into api_keys (id, organization_id, source_id, name, key_hash, scopes, expires_at, revoked_at)
         values ($1, $2, $3, 'key', $4, '{recognize}', $5, $6)`,
        [uuidV7(), organizationId, source.id, hash(key), times.expires_at ?? null, times.revoked_at ?? null],
      );
    await insert('good', { expires_at: '2999-01-01' });
    await insert('expired', { expires_at: '2020-01-01' });
    await insert('revoked', { revoked_at: '2020-01-01' });
    const find = async (key: string): Promise<unknown[]> =>
      (await db.gateway.query('select * from find_api_key($1)', [hash(key)])).rows as unknown[];
    expect(await find('good')).toMatchObject([
      { organization_id: organizationId, source_id: source.id, scopes: ['recognize'] },
    ]);
    for (const key of ['expired', 'revoked', 'unknown']) expect(await find(key)).toEqual([]);
  });
});
