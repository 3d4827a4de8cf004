import type { ClientBase } from '@rollcall/postgres';

/*
 * What tells two projections of an organization apart: its rows in the tables of everybody (`public`) and those in the
 * temporary ones by the same names. The lists are temporary tables too: on the disk of the database, and gone with the
 * connection.
 */

type Client = Pick<ClientBase, 'query'>;

/** Every row, or those of the days that `noteTouchedDays` has noted. */
export type Scope = 'all' | 'touched';

const FETCH = 5_000;

/** Makes the lists, or empties those there are. */
export async function beginLists(client: Client): Promise<void> {
  await client.query(`
    close all;
    create temporary table if not exists touched_days (user_id uuid, work_date date, primary key (user_id, work_date));
    create temporary table if not exists differing_rows (kind text, id uuid, user_id uuid not null, primary key (kind, id));
    create temporary table if not exists swapped_rows (kind text, id uuid);
    create index if not exists differing_rows_user_idx on differing_rows (user_id);
    truncate touched_days, differing_rows, swapped_rows`);
}

/**
 * Notes days of people whose rows may have changed, with those around them: a sighting may come from, or go to, a date
 * four days away.
 */
export async function noteTouchedDays(
  client: Client,
  days: readonly { readonly userId: string; readonly workDate: string }[],
): Promise<void> {
  if (days.length === 0) return;
  await client.query({
    name: 'note-touched-days',
    text: `insert into touched_days
           select distinct day.user_id, day.work_date + shift.days
           from rows from (unnest($1::uuid[]), unnest($2::date[])) as day (user_id, work_date),
                generate_series(-4, 4) as shift (days)
           on conflict do nothing`,
    values: [days.map(({ userId }) => userId), days.map(({ workDate }) => workDate)],
  });
}

export async function countTouchedDays(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from touched_days');
  return rows[0]?.count ?? 0;
}

export async function forgetTouchedDays(client: Client): Promise<void> {
  await client.query('delete from touched_days');
}

/**
 * Lists the rows that differ in any column or are in one of the two only. Comparing takes long where there is much: it
 * happens while a transaction without an id ends, for which no reader of the event log waits, and its outcome is kept
 * by the server until it is listed, a page a transaction.
 */
export async function listDifferingRows(client: Client, organizationId: string, scope: Scope): Promise<void> {
  await client.query('analyze touched_days');
  await client.query('begin read only');
  try {
    // All of it is fetched: a plan that is quick at the start is none.
    await client.query('set local cursor_tuple_fraction = 1');
    await client.query(`declare differing no scroll cursor with hold for ${differingRows(scope)}`, [organizationId]);
    await client.query('commit');
  } catch (error) {
    // A rollback that fails, since the connection is gone, must not hide why.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  for (let full = true; full;) {
    const { rows } = await client.query<DifferingRow>(`fetch ${String(FETCH)} from differing`);
    await client.query(
      `insert into differing_rows select * from unnest($1::text[], $2::uuid[], $3::uuid[]) on conflict do nothing`,
      [rows.map(({ kind }) => kind), rows.map(({ id }) => id), rows.map((row) => row.user_id)],
    );
    full = rows.length === FETCH;
  }
  await client.query('close differing');
  await client.query('analyze differing_rows');
}

interface DifferingRow {
  readonly kind: string;
  readonly id: string;
  readonly user_id: string;
}

function differingRows(scope: Scope): string {
  return `${differenceOf('log', 'attendance_logs', scope)} union all ${differenceOf('record', 'attendance_records', scope)}`;
}

function differenceOf(kind: string, table: string, scope: Scope): string {
  const touched = scope === 'all' ? '' : 'join touched_days using (user_id, work_date)';
  const rowsOf = (schema: string): string =>
    `(select t.id, t.user_id, t::text as content from ${schema}.${table} t ${touched} where t.organization_id = $1)`;
  return `select '${kind}' as kind, id, coalesce(projected.user_id, live.user_id) as user_id
          from ${rowsOf('public')} live full join ${rowsOf('pg_temp')} projected using (id)
          where live.content is distinct from projected.content`;
}

/** Adds what differs on touched days, in the transaction the connection is in: for few days. */
export async function addTouchedRows(client: Client, organizationId: string): Promise<void> {
  await client.query('analyze touched_days');
  await client.query(`insert into differing_rows ${differingRows('touched')} on conflict do nothing`, [organizationId]);
  await forgetTouchedDays(client);
}

/** The greatest uuid: everybody comes before it. */
const EVERYBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * The person up to whom, by id, there are at most so many rows that differ: everybody, if there are not more.
 *
 * @throws Error when there are more of one person.
 */
export async function choosePortion(client: Client, mostRows: number): Promise<string> {
  const { rows } = await client.query<{ upTo: string | null; everybody: boolean; first: string; count: number }>(
    `with people as (
       select user_id, count(*)::int as rows, sum(count(*)) over (order by user_id) as running
       from differing_rows group by user_id
     )
     select (select user_id from people where running <= $1 order by user_id desc limit 1) as "upTo",
            (select coalesce(max(running), 0) <= $1 from people) as everybody,
            (select user_id from people order by user_id limit 1) as first,
            (select rows from people order by user_id limit 1) as count`,
    [mostRows],
  );
  const [portion] = rows;
  if (portion?.everybody === true) return EVERYBODY;
  if (portion?.upTo === null) {
    const about = `${String(portion.count)} rows of the person ${portion.first} differ`;
    throw new Error(
      `${about}, more than one transaction may change (${String(mostRows)}); a replay without --beside can`,
    );
  }
  return portion?.upTo ?? EVERYBODY;
}

/** Rows that were brought to what the projection beside says. */
export interface SwappedRows {
  readonly logs: number;
  readonly records: number;
}

/**
 * Brings the listed rows of the people up to one, by id, to what they are beside: of those that differ still, former ones
 * are deleted and new ones inserted. All others stay where they are. Takes them off the list.
 */
export async function swapRows(client: Client, organizationId: string, upTo: string): Promise<SwappedRows> {
  await client.query('delete from swapped_rows');
  const logs = await listSwapped(client, 'log', 'attendance_logs', organizationId, upTo);
  const records = await listSwapped(client, 'record', 'attendance_records', organizationId, upTo);
  // All that goes first: another row may have had the place of a new one.
  for (const [kind, table] of [
    ['log', 'attendance_logs'],
    ['record', 'attendance_records'],
  ] as const) {
    const swapped = `array(select id from swapped_rows where kind = '${kind}')`;
    await client.query(`delete from public.${table} where organization_id = $1 and id = any (${swapped})`, [
      organizationId,
    ]);
    await client.query(`insert into public.${table} select * from pg_temp.${table} where id = any (${swapped})`);
  }
  await client.query('delete from differing_rows where user_id <= $1', [upTo]);
  return { logs, records };
}

async function listSwapped(client: Client, kind: string, table: string, organizationId: string, upTo: string) {
  const { rowCount } = await client.query(
    `insert into swapped_rows (kind, id)
     select d.kind, d.id from differing_rows d
     left join public.${table} live on live.id = d.id and live.organization_id = $1
     left join pg_temp.${table} projected on projected.id = d.id
     where d.kind = $2 and d.user_id <= $3 and live::text is distinct from projected::text`,
    [organizationId, kind, upTo],
  );
  return rowCount ?? 0;
}

export async function isAnythingListed(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ left: boolean }>('select exists (select from differing_rows) as left');
  return rows[0]?.left === true;
}
