import { buildOrganization, createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate, rollBack } from './migrate.js';

let db: TestDatabase;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const PARTITIONED = `select relkind = 'p' from pg_class where oid = 'public.events'::regclass`;
const ROWS = `select jsonb_agg(e order by position) from events e`;

async function append(organizationId: string): Promise<void> {
  const event = {
    ...{
      id: randomUUID(),
      organization_id: organizationId,
      type: 'user.deleted',
      subject: 'users/x',
      actor: 'system:test',
    },
    ...{ correlation_id: randomUUID(), payload: {}, occurred_at: new Date() },
  };
  await db.owner.query('select append_events($1)', [JSON.stringify([event, { ...event, id: randomUUID() }])]);
}

it('the log keeps its events, keys and positions on the way into partitions and back', async () => {
  const { id } = await buildOrganization(db.owner);
  await append(id);
  await append(id);
  const written = await queryValue(db.owner, ROWS);
  const newest = `select name from schema_migrations order by name desc limit 1`;
  // Down to before there were partitions, however many migrations have come since.
  for (let name = ''; !name.startsWith('0019');) {
    name = (await queryValue<string>(db.owner, newest)) ?? '0019';
    await rollBack(db.ownerUrl, 'newest');
  }
  expect(await queryValue(db.owner, PARTITIONED)).toBe(false);
  expect(await queryValue(db.owner, ROWS)).toEqual(written);
  expect(await queryValue(db.owner, `select to_regnamespace('event_log') is null`)).toBe(true);
  const identity = `select attidentity from pg_attribute where attrelid = 'events'::regclass and attname = 'position'`;
  expect(await queryValue(db.owner, identity)).toBe('a');
  // Written while there were none, as before an upgrade.
  await db.owner.query(
    `insert into events (epoch, organization_id, id, type, subject, actor, correlation_id, payload, occurred_at)
     values (1, $1, $2, 'user.deleted', 'users/x', 'system:test', $2, '{}', now())`,
    [id, randomUUID()],
  );
  const before = await queryValue(db.owner, ROWS);

  await migrate(db.ownerUrl);
  expect(await queryValue(db.owner, PARTITIONED)).toBe(true);
  expect(await queryValue(db.owner, ROWS)).toEqual(before);
  // What was there is a partition by now, and nothing is left without one.
  expect(await queryValue(db.owner, 'select count(*)::int from event_log.events_rest')).toBe(0);
  await append(id);
  const positions = await queryValue<number[]>(
    db.owner,
    'select array_agg(position::int order by epoch, xid, position) from events',
  );
  expect(positions).toEqual(positions?.toSorted((a, b) => a - b));
  expect(new Set(positions).size).toBe(7);
  for (const [table, role] of [
    ['events', 'rollcall_gateway'],
    ['events', 'rollcall_system'],
  ]) {
    expect(await queryValue(db.owner, `select has_table_privilege($1, $2, 'select')`, [role, table])).toBe(true);
  }
});
