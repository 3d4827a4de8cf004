import type { ClientBase } from '@rollcall/postgres';
import type { DayDigest } from '../domain/compare-days.js';

/** A digest of every column of all sightings and records of an organization, by work date, the oldest first. */
export async function digestDays(client: Pick<ClientBase, 'query'>, organizationId: string): Promise<DayDigest[]> {
  const { rows } = await client.query<DayDigest>(
    `select coalesce(l.work_date, r.work_date)::text as "workDate", coalesce(l.rows, 0) as logs,
            coalesce(r.rows, 0) as records, coalesce(l.digest, '') as "logsDigest", coalesce(r.digest, '') as "recordsDigest"
     from (
       select work_date, count(*)::int as rows, md5(string_agg(md5(log::text), '' order by id)) as digest
       from attendance_logs log where organization_id = $1 group by work_date
     ) l full join (
       select work_date, count(*)::int as rows, md5(string_agg(md5(record::text), '' order by id)) as digest
       from attendance_records record where organization_id = $1 group by work_date
     ) r using (work_date)
     order by 1`,
    [organizationId],
  );
  return rows;
}
