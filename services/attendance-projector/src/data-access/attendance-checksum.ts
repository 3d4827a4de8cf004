import type { ClientBase } from '@rollcall/postgres';

/** What an organization's attendance is, in a line: two equal checksums are equal rows, in every column. */
export interface AttendanceChecksum {
  readonly logs: number;
  readonly records: number;
  /** Hexadecimal. */
  readonly checksum: string;
}

export async function checksumAttendance(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
): Promise<AttendanceChecksum> {
  const { rows } = await client.query<AttendanceChecksum>(
    `select l.count as logs, r.count as records, md5(l.digest || r.digest) as checksum
     from (
       select count(*)::int, coalesce(md5(string_agg(md5(log::text), '' order by id)), '') as digest
       from attendance_logs log where organization_id = $1
     ) l, (
       select count(*)::int, coalesce(md5(string_agg(md5(record::text), '' order by id)), '') as digest
       from attendance_records record where organization_id = $1
     ) r`,
    [organizationId],
  );
  return rows[0] ?? { logs: 0, records: 0, checksum: '' };
}
