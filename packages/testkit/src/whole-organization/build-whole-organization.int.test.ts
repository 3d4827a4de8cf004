import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../database/create-test-database.js';
import type { TestDatabase } from '../database/test-database.js';
import { buildWholeOrganization } from './build-whole-organization.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe('buildWholeOrganization', () => {
  it('builds a row in every table that has organizations, and the like again', async () => {
    const first = await buildWholeOrganization(database.owner);
    const second = await buildWholeOrganization(database.owner);
    const { rows: tables } = await database.owner.query<{ name: string }>(
      `select table_name as name from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'public' and column_name = 'organization_id' and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      for (const organization of [first, second]) {
        const count = `select count(*)::int as count from ${name} where organization_id = $1`;
        const { rows } = await database.owner.query<{ count: number }>(count, [organization.id]);
        expect(rows[0]?.count, name).toBeGreaterThan(0);
      }
    }
    expect([...first.ids].filter((id) => second.ids.has(id))).toEqual([]);
    expect(first.rows['users']).toMatchObject({ email: second.rows['users']?.['email'] });
  });
});
