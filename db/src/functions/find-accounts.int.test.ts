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

  const nobody = { user_id: null, password_hash: null, role_id: null, token_generation: null, is_active: null };

  it('finds the account of an address in the organization that is named, or in the only one, without a scope', async () => {
    expect(await find('ada@example.test', null)).toEqual([]);
    const one = await buildOrganization(db.owner, { slug: 'one' });
    const email = 'ada@example.test';
    const ofOne = await buildUser(db.owner, one.id, { email, passwordHash: 'hash-one', roleId: 2 });
    const where = { organization_id: one.id, organization_slug: 'one' };
    const ada = {
      ...{ user_id: ofOne.id, ...where, password_hash: 'hash-one', role_id: 2 },
      ...{ token_generation: 1, is_active: true },
    };
    expect(await find('Ada@Example.test', null)).toEqual([ada]);
    expect(await find('%', null)).toEqual([{ ...nobody, ...where }]);
    expect(await find(email, 'three')).toEqual([]);

    const two = await buildOrganization(db.owner, { slug: 'two' });
    expect(await find(email, null)).toEqual([]);
    expect(await find(email, 'one')).toEqual([ada]);
    const empty = { ...nobody, organization_id: two.id, organization_slug: 'two' };
    expect(await find(email, 'two')).toEqual([empty]);
    const ofTwo = await buildUser(db.owner, two.id, { email });
    expect(await find(email, 'two')).toMatchObject([{ user_id: ofTwo.id, password_hash: null }]);
    await db.owner.query('update users set is_deleted = true where id = $1', [ofTwo.id]);
    await db.owner.query('update users set is_active = false where id = $1', [ofOne.id]);
    expect(await find(email, 'one')).toEqual([{ ...ada, is_active: false }]);
    expect(await find(email, 'two')).toEqual([empty]);
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
      {
        organization_id: organizationId,
        source_id: source.id,
        source_type: 'camera',
        external_id: source.externalId,
        scopes: ['recognize'],
      },
    ]);
    for (const key of ['expired', 'revoked', 'unknown']) expect(await find(key)).toEqual([]);
    await db.owner.query('update sources set is_active = false where id = $1', [source.id]);
    expect(await find('good')).toEqual([]);
    await db.owner.query('update sources set is_active = true, deleted_at = now() where id = $1', [source.id]);
    expect(await find('good')).toEqual([]);
  });
});

describe('note_api_keys_used', () => {
  it('notes the newest use of keys of any organization, and makes no key of an unknown one', async () => {
    const ids = [uuidV7(), uuidV7()];
    for (const id of ids) {
      const { id: organizationId } = await buildOrganization(db.owner);
      await db.owner.query(`insert into api_keys (id, organization_id, name, key_hash) values ($1, $2, 'key', $3)`, [
        id,
        organizationId,
        Buffer.from(id),
      ]);
    }
    const note = (uses: readonly (readonly [string, string])[]) =>
      db.gateway.query('select note_api_keys_used($1)', [
        JSON.stringify(uses.map(([api_key_id, used_at]) => ({ api_key_id, used_at }))),
      ]);
    const [first = '', second = ''] = ids;
    await note([
      [second, '2025-03-03T09:00:00Z'],
      [first, '2025-03-03T09:00:00Z'],
      [uuidV7(), '2025-03-03T09:00:00Z'],
    ]);
    await note([
      [first, '2025-03-03T10:00:00Z'],
      [second, '2025-03-03T08:00:00Z'],
    ]);
    const { rows } = await db.owner.query('select id, last_used_at from api_keys where id = any($1) order by id', [
      ids,
    ]);
    expect(rows).toEqual([
      { id: first, last_used_at: new Date('2025-03-03T10:00:00Z') },
      { id: second, last_used_at: new Date('2025-03-03T09:00:00Z') },
    ]);
    await expect(db.system.query(`select note_api_keys_used('[]')`)).rejects.toThrow('permission denied');
  });
});

describe('find_refresh_token', () => {
  it('finds whose it is, whatever has become of it, and nothing for another hash', async () => {
    const { id: organizationId } = await buildOrganization(db.owner);
    const user = await buildUser(db.owner, organizationId);
    const [id, hash] = [uuidV7(), Buffer.from('hash')];
    await db.owner.query(
      `insert into refresh_tokens (id, organization_id, user_id, family_id, token_hash, expires_at, used_at, revoked_at)
       values ($1, $2, $3, $1, $4, '2020-01-01', '2020-01-01', '2020-01-01')`,
      [id, organizationId, user.id, hash],
    );
    const find = async (wanted: Buffer) =>
      (await db.gateway.query('select * from find_refresh_token($1)', [wanted])).rows as unknown[];
    expect(await find(hash)).toEqual([{ refresh_token_id: id, organization_id: organizationId }]);
    expect(await find(Buffer.from('other'))).toEqual([]);
    await expect(db.system.query(`select find_refresh_token('x')`)).rejects.toThrow('permission denied');
  });
});
