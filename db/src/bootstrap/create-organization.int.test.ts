import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { compare } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapInstallation } from './bootstrap-installation.js';
import { createOrganization, SlugTakenError } from './create-organization.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const email = 'admin@rollcall.local';
const options = {
  slug: 'works',
  name: 'Example Works',
  timezone: 'Asia/Kolkata',
  adminEmail: email,
  actor: 'system:cli',
};

describe('createOrganization', () => {
  it('makes a second organization with rules and an administrator of its own, although the e-mail is known', async () => {
    const first = await bootstrapInstallation(db.ownerUrl, { adminEmail: email });
    const second = await createOrganization(db.ownerUrl, { ...options, adminEmail: ' Admin@Rollcall.local ' });
    expect(second.organizationId).not.toBe(first.organizationId);
    expect(second.email).toBe(email);
    const { rows } = await db.gateway.query<{ organization_slug: string; password_hash: string; role_id: number }>(
      `select found.organization_slug, found.password_hash, found.role_id
       from unnest(array['default', 'works']) with ordinality as named (slug, place), find_login($1, named.slug) as found
       order by named.place`,
      [email],
    );
    expect(rows).toMatchObject([
      { organization_slug: 'default', role_id: 1 },
      { organization_slug: 'works', role_id: 1 },
    ]);
    expect(await compare(second.password, rows[1]?.password_hash ?? '')).toBe(true);
    expect(await compare(second.password, rows[0]?.password_hash ?? '')).toBe(false);
    const { rows: told } = await db.owner.query(
      `select e.type, e.actor, e.payload ->> 'slug' as slug, d.detail ->> 'name' as name
       from events as e join audit_details as d on d.event_id = e.id where e.organization_id = $1 order by e.xid, e.position`,
      [second.organizationId],
    );
    expect(told).toEqual([
      { type: 'organization.created', actor: 'system:cli', slug: 'works', name: 'Example Works' },
      { type: 'user.created', actor: 'system:cli', slug: null, name: null },
    ]);
    const { rows: policies } = await db.owner.query(
      `select version, rules ->> 'timezone' as timezone from policy_versions where organization_id = $1`,
      [second.organizationId],
    );
    expect(policies).toEqual([{ version: 1, timezone: 'Asia/Kolkata' }]);
  });

  it('leaves nothing behind when the slug is taken', async () => {
    const count = async () => (await db.owner.query('select id from users')).rowCount;
    const before = await count();
    await expect(createOrganization(db.ownerUrl, { ...options, name: 'Another' })).rejects.toThrow(SlugTakenError);
    await expect(createOrganization(db.ownerUrl, { ...options, slug: 'Not A Slug' })).rejects.toThrow();
    expect(await count()).toBe(before);
  });
});
