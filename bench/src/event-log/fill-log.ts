import type { Pool, PoolClient } from '@rollcall/postgres';
import { buildOrganization, type TestCluster, type TestDatabase } from '@rollcall/testkit';

/** A database whose log holds so many events. */
export interface FilledLog {
  readonly database: TestDatabase;
  readonly organizationId: string;
  readonly events: number;
  readonly partitions: number;
}

/** Events a transaction, as a busy installation writes them. */
const EVENTS_A_TRANSACTION = 2;
/** Written the way services write, behind those that were generated. */
const RECENT = 1_000;

/**
 * Fills a log with generated events of an earlier epoch, in so many partitions, and with some written by `append_events`
 * behind them. (Transaction ids cannot be made up within the present epoch: readers would wait for them to come.)
 */
export async function fillLog(cluster: TestCluster, events: number, partitions: number): Promise<FilledLog> {
  const database = await cluster.createDatabase();
  const organizationId = (await buildOrganization(database.owner)).id;
  const client = await database.owner.connect();
  try {
    await client.query('set statement_timeout = 0; set synchronous_commit = off');
    const each = Math.ceil(events / partitions);
    for (let part = 0; part < partitions; part += 1) {
      await fillPartition(client, organizationId, {
        first: part * each + 1,
        last: Math.min((part + 1) * each, events),
      });
    }
    await client.query(`select setval('event_positions', $1)`, [events]);
    await client.query('update log_identity set system_identifier = system_identifier + 1');
    await client.query('select ensure_epoch()');
    for (let made: unknown = 'first'; made !== null;) {
      made =
        (await client.query<{ made: string | null }>('select made from make_event_partition()')).rows[0]?.made ?? null;
    }
    await client.query('vacuum (analyze) events');
  } finally {
    client.release(true);
  }
  await appendEvents(database.system, organizationId, RECENT);
  return { database, organizationId, events: events + RECENT, partitions };
}

/** A table, its rows, and only then its indexes: attached when it is whole. */
async function fillPartition(
  client: PoolClient,
  organizationId: string,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<void> {
  const newest = await client.query<{ to_xid: string }>(
    'select to_xid::text from event_partitions order by to_epoch desc, to_xid desc limit 1',
  );
  const from = BigInt(newest.rows[0]?.to_xid ?? '0');
  const to = from + BigInt(Math.ceil((last - first + 1) / EVENTS_A_TRANSACTION));
  const table = `event_log.events_1_${from.toString()}`;
  const bounds = `from (1, '${from.toString()}') to (1, '${to.toString()}')`;
  await client.query('begin');
  await client.query(`create table ${table} (like events including defaults including constraints)`);
  await client.query(`select separate_organizations('${table}')`);
  await client.query(
    `insert into ${table} (epoch, xid, position, organization_id, id, type, subject, actor, correlation_id, payload, occurred_at)
     select 1, (${from.toString()} + (n - $2) / ${String(EVENTS_A_TRANSACTION)})::text::xid8, n, $1, gen_random_uuid(), 'user.deleted',
       'users/0198c0de-7a11-7c00-8000-000000000002', 'user:0198c0de-7a11-7c00-8000-000000000001', gen_random_uuid(),
       '{"user_id": "0198c0de-7a11-7c00-8000-000000000002"}', timestamptz '2025-01-01' + n * interval '1 second'
     from generate_series($2::bigint, $3::bigint) n`,
    [organizationId, first, last],
  );
  await client.query(`alter table events attach partition ${table} for values ${bounds}`);
  await client.query(
    `insert into event_partitions (name, from_epoch, from_xid, to_epoch, to_xid) values ($1, 1, $2::text::xid8, 1, $3::text::xid8)`,
    [table.slice('event_log.'.length), from.toString(), to.toString()],
  );
  await client.query('commit');
}

/** Appends events as services do, a hundred a transaction. */
export async function appendEvents(pool: Pool, organizationId: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    await pool.query(
      `select append_events(jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'organization_id', $1::uuid, 'type', 'user.deleted',
         'subject', 'users/0198c0de-7a11-7c00-8000-000000000002', 'actor', 'user:0198c0de-7a11-7c00-8000-000000000001',
         'correlation_id', gen_random_uuid(), 'occurred_at', now(),
         'payload', jsonb_build_object('user_id', '0198c0de-7a11-7c00-8000-000000000002'))))
       from generate_series(1, $2)`,
      [organizationId, Math.min(100, count - done)],
    );
  }
}
