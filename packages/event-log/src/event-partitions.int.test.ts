import { withTransaction } from '@rollcall/postgres';
import {
  buildOrganization,
  queryValue,
  startCluster,
  waitUntilBlocked,
  type TestCluster,
  type TestDatabase,
} from '@rollcall/testkit';
import type { PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendEvents } from './append-events.js';
import type { Cursor } from './cursor.js';
import { makeEventPartitions } from './event-partitions.js';
import { deletionOf } from './event-fixture.test.js';
import { readEvents } from './read-events.js';

// A cluster of its own: partitions go by transaction ids, which all databases of a cluster use up.
let cluster: TestCluster;
let db: TestDatabase;
let organizationId: string;
const open: PoolClient[] = [];

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());
beforeEach(async () => {
  db = await cluster.createDatabase();
  organizationId = (await buildOrganization(db.owner)).id;
});
afterEach(async () => {
  for (const client of open.splice(0)) client.release(true);
  await db.close();
});

async function begin(): Promise<PoolClient> {
  const client = await db.system.connect();
  open.push(client);
  await client.query('begin');
  return client;
}

async function append(count = 1, client?: PoolClient): Promise<string[]> {
  const events = Array.from({ length: count }, () => deletionOf(organizationId));
  const appended =
    client === undefined
      ? await withTransaction(db.system, (own) => appendEvents(own, events))
      : await appendEvents(client, events);
  return appended.map(({ id }) => id);
}

async function readAll(): Promise<string[]> {
  const ids: string[] = [];
  let after: Cursor | null = null;
  for (let more = true; more;) {
    const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db.system, {
      organizationId,
      after,
      limit: 7,
    });
    ids.push(...page.events.map(({ id }) => id));
    ({ next: after, more } = page);
  }
  return ids;
}

/** Which partition holds an event. */
const placeOf = (id: string) =>
  queryValue<string>(db.owner, 'select c.relname from events e join pg_class c on c.oid = e.tableoid where e.id = $1', [
    id,
  ]);
const partitions = async () =>
  (await db.owner.query<{ name: string }>('select name from event_partitions order by to_epoch, to_xid')).rows.map(
    ({ name }) => name,
  );

/** As if all partitions that are ahead had been forgotten: what comes now has none. */
async function forgetPartitions(): Promise<void> {
  for (const name of await partitions()) {
    await db.owner.query(`alter table events detach partition event_log.${name}; drop table event_log.${name}`);
  }
  await db.owner.query('delete from event_partitions');
}

describe('partitions of the event log', () => {
  it('are there after the set-up, and touch one another', async () => {
    const { rows } = await db.owner.query<{ touches: boolean | null }>(
      `select (from_epoch, from_xid) = lag((to_epoch, to_xid)) over (order by to_epoch, to_xid) as touches from event_partitions`,
    );
    expect(rows.map(({ touches }) => touches)).toEqual([null, true, true]);
    expect(await makeEventPartitions(db.system)).toEqual({ made: [], fromRest: [], postponed: false });
    const [id = ''] = await append();
    expect(await placeOf(id)).toBe((await partitions())[0]);
  });

  it('take events across a boundary, in the order of the log', async () => {
    await forgetPartitions();
    const ids: string[] = [];
    for (let step = 0; step < 12; step += 1) {
      await makeEventPartitions(db.system, { span: 6 });
      ids.push(...(await append(3)));
    }
    const places = new Set(await Promise.all(ids.map(placeOf)));
    expect(places.size).toBeGreaterThan(2);
    expect(await readAll()).toEqual(ids);
    const count = 'select count(*)::int from event_log.events_rest';
    expect(await queryValue(db.owner, count)).toBe(0);
  });

  it('are not needed for an event to be written: what has none gets one later, without a row that moves', async () => {
    await forgetPartitions();
    const before = await append(3);
    expect(await placeOf(before[0] ?? '')).toBe('events_rest');
    const [row] = (await db.owner.query('select ctid, xmin from events where id = $1', [before[0]])).rows as unknown[];
    const outcome = await makeEventPartitions(db.system);
    expect(outcome.fromRest).toEqual([outcome.made[0]]);
    expect(await placeOf(before[0] ?? '')).toBe(outcome.made[0]);
    expect((await db.owner.query('select ctid, xmin from events where id = $1', [before[0]])).rows).toEqual([row]);
    const after = await append(2);
    expect(await readAll()).toEqual([...before, ...after]);
  });

  it('cover a jump of the transaction ids and a new epoch that begins lower', async () => {
    const ids = await append(2);
    // The ids of this cluster cannot be made to jump: the partitions are moved away below them instead.
    await forgetPartitions();
    await db.owner.query(`delete from events`);
    ids.splice(0);
    ids.push(...(await append(2)));
    await db.owner.query('update log_identity set system_identifier = system_identifier + 1');
    expect(await queryValue(db.owner, 'select epoch from ensure_epoch()')).toBe(2);
    ids.push(...(await append(2)));
    expect((await makeEventPartitions(db.system)).fromRest).toHaveLength(1);
    ids.push(...(await append(2)));
    expect(await readAll()).toEqual(ids);
    await db.owner.query('update log_identity set system_identifier = system_identifier + 1 where epoch = 2');
    expect(await queryValue(db.owner, 'select epoch from ensure_epoch()')).toBe(3);
    expect((await makeEventPartitions(db.system)).fromRest).toEqual([]);
    ids.push(...(await append(2)));
    expect(await readAll()).toEqual(ids);
  });

  it('are attached while writers are under way, and hold up none', async () => {
    const writer = await begin();
    const first = await append(1, writer);
    const maker = await begin();
    const made = await maker.query<{ made: string }>('select made from make_event_partition(2000000, 5)');
    expect(made.rows[0]?.made).toMatch(/^events_1_/);
    // Neither has ended: the writer goes on, and another one comes.
    const second = [...(await append(1, writer)), ...(await append(1))];
    await maker.query('commit');
    await writer.query('commit');
    expect((await readAll()).toSorted()).toEqual([...first, ...second].toSorted());
  });

  it('are put off when somebody holds the log for too long, and writing goes on', async () => {
    await forgetPartitions();
    const writer = await begin();
    const held = await append(1, writer);
    let waits = 0;
    const outcome = await makeEventPartitions(db.system, { wait: () => Promise.resolve((waits += 1)) });
    expect(outcome).toMatchObject({ made: [], postponed: true });
    expect(waits).toBeGreaterThan(3);
    const more = await append(1);
    await writer.query('commit');
    expect((await makeEventPartitions(db.system)).fromRest).toHaveLength(1);
    expect(await readAll()).toEqual([...held, ...more]);
  }, 60_000);

  it('are made once by two that come at the same time', async () => {
    await forgetPartitions();
    await append();
    const outcomes = await Promise.all([makeEventPartitions(db.system), makeEventPartitions(db.system)]);
    expect(outcomes.flatMap(({ made }) => made).toSorted()).toEqual((await partitions()).toSorted());
    expect(await partitions()).toHaveLength(3);
  });

  it('let a reader of a page look at one alone, whatever its plan was made for', async () => {
    await forgetPartitions();
    for (let step = 0; step < 6; step += 1) {
      await makeEventPartitions(db.system, { span: 6 });
      await append(3);
    }
    const { rows } = await db.owner.query<{ epoch: number; from_xid: string; to_xid: string; name: string }>(
      `select * from list_event_spans(0::smallint, '0') where name <> 'events_rest' offset 1 limit 1`,
    );
    const [span] = rows;
    const client = await db.owner.connect();
    open.push(client);
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(
      `prepare page (uuid, smallint, xid8, xid8) as select * from events e where e.organization_id = $1 and e.epoch = $2
         and e.xid >= $3 and e.xid < $4 order by e.epoch, e.xid, e.position limit 10`,
    );
    const plan = await client.query<{ 'QUERY PLAN': string }>(
      `explain execute page ('${organizationId}', ${String(span?.epoch)}, '${span?.from_xid ?? ''}', '${span?.to_xid ?? ''}')`,
    );
    const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Subplans Removed: \d+/);
    expect(new Set(text.match(/events_\d+_\d+(?= e)/g))).toEqual(new Set([span?.name]));
    expect(text).not.toContain('events_rest');
    // The same of the function that reads, by what it touched.
    await client.query('begin');
    const after: Cursor = { epoch: span?.epoch ?? 0, xid: span?.from_xid ?? '', position: '0' };
    expect((await readEvents(client, { organizationId, after, limit: 10 })).events.length).toBeGreaterThan(0);
    const touched = await client.query<{ relname: string }>(
      `select relname from pg_stat_xact_user_tables where schemaname = 'event_log' and coalesce(idx_scan, 0) + coalesce(seq_scan, 0) > 0`,
    );
    expect(touched.rows.map(({ relname }) => relname)).toEqual([span?.name]);
  });

  it('are not looked through for an organization that has nothing among the events of another', async () => {
    await append(3_000);
    await db.owner.query('analyze events');
    const nobody = (await buildOrganization(db.owner)).id;
    const client = await begin();
    expect((await readEvents(client, { organizationId: nobody, after: null, limit: 10 })).events).toEqual([]);
    const looked = `select sum(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int from pg_stat_xact_user_tables where schemaname = 'event_log'`;
    expect(await queryValue(client, looked)).toBe(0);
  });

  it('give nobody but their owner a way around row-level security', async () => {
    await append();
    for (const name of [...(await partitions()), 'events_rest']) {
      for (const pool of [db.gateway, db.system]) {
        await expect(pool.query(`select from event_log.${name}`)).rejects.toThrow('permission denied');
      }
      const forced = `select relrowsecurity and relforcerowsecurity from pg_class where oid = 'event_log.${name}'::regclass`;
      expect(await queryValue(db.owner, forced)).toBe(true);
    }
    await expect(db.gateway.query('select make_event_partition()')).rejects.toThrow('permission denied');
  });

  it('are made of what has none only when a page under way was read to its end', async () => {
    await forgetPartitions();
    const ids = await append(2);
    const reader = await begin();
    await reader.query('select count(*) from events');
    const making = makeEventPartitions(db.system);
    await waitUntilBlocked(db);
    await reader.query('commit');
    expect((await making).fromRest).toHaveLength(1);
    expect(await readAll()).toEqual(ids);
  });
});
