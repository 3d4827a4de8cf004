import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import type { PersonToRecompute, RecomputationSpan, SpanProgress } from '../domain/cut-instalment.js';

/** Organizations of which days are still to be computed anew. */
export async function listRecomputing(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ organization_id: string }>({
    name: 'list-recomputing',
    text: 'select distinct organization_id from recomputation_spans order by organization_id',
  });
  return rows.map((row) => row.organization_id);
}

/**
 * Locks what an organization has outstanding until the transaction ends; false when a change of its calendar, or another
 * projector, is at it.
 */
export async function lockRecomputation(client: ClientBase, organizationId: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('recomputation/' || $1, 0)) as locked`,
    [organizationId],
  );
  return rows[0]?.locked === true;
}

/** Whether an instalment that was asked for lies ahead of a place in the log, whether it can be read yet or not. */
export async function isInstalmentUnderWay(
  client: ClientBase,
  organizationId: string,
  after: Cursor,
): Promise<boolean> {
  const { rows } = await client.query<{ under_way: boolean }>(
    `select exists (
       select from events
       where (organization_id, epoch, xid, position) > ($1::uuid, $2::smallint, $3::text::xid8, $4::bigint) and organization_id <= $1::uuid
         and (epoch > $2::smallint or epoch = $2::smallint and xid >= $3::text::xid8)
         and type = 'attendance.recomputation_requested'
     ) as under_way`,
    [organizationId, after.epoch, after.xid, after.position],
  );
  return rows[0]?.under_way === true;
}

interface SpanRow {
  readonly id: string;
  readonly user_id: string | null;
  readonly from_date: string;
  readonly to_date: string;
  readonly slice_from: string | null;
  readonly after_user_id: string | null;
  readonly cause_id: string;
  readonly correlation_id: string;
  readonly subject: string;
}

/** What is to be computed next: the newest dates, and of them first what everybody wants. */
export async function loadNextSpan(client: ClientBase, organizationId: string): Promise<RecomputationSpan | undefined> {
  const { rows } = await client.query<SpanRow>(
    `select id::text, user_id, from_date, to_date, slice_from, after_user_id, cause_id, correlation_id, subject
     from recomputation_spans where organization_id = $1
     order by to_date desc, user_id nulls first, id limit 1`,
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    id: row.id,
    userId: row.user_id,
    from: row.from_date,
    to: row.to_date,
    sliceFrom: row.slice_from,
    afterUserId: row.after_user_id,
    cause: { id: row.cause_id, correlationId: row.correlation_id, subject: row.subject },
  };
}

/** How many people an organization has, those who left too. */
export async function countPeople(client: ClientBase, organizationId: string): Promise<number> {
  const { rows } = await client.query<{ people: number }>(
    'select count(*)::int as people from users where organization_id = $1',
    [organizationId],
  );
  return rows[0]?.people ?? 0;
}

/** Whose days cannot become absences: who was inactive for longer than any change reaches back. */
const person = `u.id, (u.is_deleted or not u.is_active) and not exists (
  select from user_activity_changes c
  where c.organization_id = u.organization_id and c.user_id = u.id and c.since > now() - interval '400 days'
) as gone`;

/** People of an organization by id, from somebody on. */
export async function listPeopleAfter(
  client: ClientBase,
  organizationId: string,
  afterUserId: string | null,
  limit: number,
): Promise<PersonToRecompute[]> {
  const { rows } = await client.query<PersonToRecompute>(
    `select ${person} from users u
     where u.organization_id = $1 and ($2::uuid is null or u.id > $2) order by u.id limit $3`,
    [organizationId, afterUserId, limit],
  );
  return rows;
}

/** The people of whom exactly the dates of a span are outstanding, with the spans. */
export async function listPeopleOfSpan(
  client: ClientBase,
  organizationId: string,
  { from, to }: Pick<RecomputationSpan, 'from' | 'to'>,
  limit: number,
): Promise<(PersonToRecompute & { readonly spanId: string })[]> {
  const { rows } = await client.query<PersonToRecompute & { readonly spanId: string }>(
    `select ${person}, s.id::text as "spanId"
     from recomputation_spans s join users u on u.organization_id = s.organization_id and u.id = s.user_id
     where s.organization_id = $1 and s.from_date = $2 and s.to_date = $3 order by u.id limit $4`,
    [organizationId, from, to, limit],
  );
  return rows;
}

/** Keeps what is left of spans; `undefined`: nothing is. */
export async function moveSpans(
  client: ClientBase,
  ids: readonly string[],
  left: SpanProgress | undefined,
): Promise<void> {
  if (left === undefined) {
    await client.query('delete from recomputation_spans where id = any($1::bigint[])', [ids]);
    return;
  }
  await client.query(
    'update recomputation_spans set to_date = $2, slice_from = $3, after_user_id = $4 where id = any($1::bigint[])',
    [ids, left.to, left.sliceFrom, left.afterUserId],
  );
}
