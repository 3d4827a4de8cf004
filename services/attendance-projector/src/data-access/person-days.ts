import type { ClientBase } from '@rollcall/postgres';
import type { Sighting } from '@rollcall/attendance-rules';
import type { AttendanceRecord, DayCorrection, PersonDay } from '../domain/attendance.js';
import { rulesStamp } from './organization-rules.js';

/** Names a person's work date. */
export interface PersonDayRef {
  readonly userId: string;
  readonly workDate: string;
  /** Sightings closer together than this are one visit by the policy of that day. */
  readonly minIntervalSeconds: number;
}

/** Days, and the stamp of the rules that are stored at this moment. */
export interface StoredDays {
  readonly days: readonly PersonDay[];
  readonly stamp: string;
}

/**
 * What is stored about the given days of an organization, in one statement. Days without anything come back empty.
 *
 * Somebody who sits in front of a camera has tens of thousands of sightings a day. Of every half of the minimal interval
 * the first and the last sighting of each direction come back: gaps that part visits lie between neighbours that are
 * both kept, and the first of a visit is kept, so that visits come out as from all of them.
 */
export async function loadPersonDays(
  client: ClientBase,
  organizationId: string,
  refs: readonly PersonDayRef[],
): Promise<StoredDays> {
  const { rows } = await client.query<{ stamp: string; days: readonly PersonDayRow[] }>({
    name: 'load-person-days',
    text: `select ${rulesStamp} as stamp, (
             select coalesce(jsonb_agg(jsonb_build_object(
               'user_id', day.user_id,
               'work_date', day.work_date,
               'sightings', (
                 select coalesce(jsonb_agg(jsonb_build_object(
                   'id', l.id, 'kind', l.kind, 'captured_at', l.captured_at, 'direction', l.direction,
                   'source_id', l.source_id)), '[]')
                 from (
                   select a.id, a.kind, a.captured_at, a.direction, a.source_id,
                          row_number() over (stretch order by a.captured_at, a.id) as from_first,
                          row_number() over (stretch order by a.captured_at desc, a.id desc) as from_last
                   from attendance_logs a
                   where a.organization_id = $1 and a.user_id = day.user_id and a.work_date = day.work_date
                   window stretch as (
                     partition by a.direction, date_bin(day.stretch, a.captured_at, timestamptz '2000-01-01')
                   )
                 ) l
                 where l.from_first = 1 or l.from_last = 1
               ),
               'corrections', (
                 select coalesce(jsonb_agg(c), '[]') from attendance_corrections c
                 where c.organization_id = $1 and c.user_id = day.user_id and c.work_date = day.work_date
               ),
               'record', (
                 select to_jsonb(r) from attendance_records r
                 where r.organization_id = $1 and r.user_id = day.user_id and r.work_date = day.work_date
                   and r.shift_id is null
               ))), '[]')
             from unnest($2::uuid[], $3::date[], $4::interval[]) as day (user_id, work_date, stretch)
           ) as days
           from organizations o where o.id = $1`,
    values: [
      organizationId,
      refs.map(({ userId }) => userId),
      refs.map(({ workDate }) => workDate),
      refs.map(({ minIntervalSeconds }) => `${minIntervalSeconds * 500} ms`),
    ],
  });
  const [stored] = rows;
  return { stamp: stored?.stamp ?? '', days: (stored?.days ?? []).map(toPersonDay) };
}

function toPersonDay(row: PersonDayRow): PersonDay {
  return {
    userId: row.user_id,
    workDate: row.work_date,
    sightings: row.sightings.map((sighting) => toSighting(row.user_id, sighting)),
    corrections: row.corrections.map((correction) => toCorrection(row, correction)),
    record: row.record === null ? null : toRecord(row.record),
  };
}

interface PersonDayRow {
  readonly user_id: string;
  readonly work_date: string;
  readonly sightings: readonly SightingRow[];
  readonly corrections: readonly CorrectionRow[];
  readonly record: RecordRow | null;
}

/** Times come as JSON text here, not through the type parsers. */
interface SightingRow {
  readonly id: string;
  readonly kind: Sighting['kind'];
  readonly captured_at: string;
  readonly direction: Sighting['direction'];
  readonly source_id: string | null;
}

interface CorrectionRow {
  readonly id: string;
  readonly check_in_at: string | null;
  readonly check_out_at: string | null;
  readonly status: DayCorrection['status'];
  readonly created_at: string;
  readonly withdrawn_at: string | null;
}

interface RecordRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly work_date: string;
  readonly shift_id: string | null;
  readonly check_in_at: string | null;
  readonly check_out_at: string | null;
  readonly status: AttendanceRecord['status'];
  readonly worked_minutes: number;
  readonly break_minutes: number;
  readonly late_minutes: number;
  readonly early_leave_minutes: number;
  readonly overtime_minutes: number;
  readonly source: string;
  readonly corrected: boolean;
  readonly visit_count: number;
  readonly evidence: readonly string[];
  readonly policy_version_id: string | null;
  readonly event_id: string;
}

function toSighting(userId: string, row: SightingRow): Sighting {
  const { id, kind, direction } = row;
  return { id, userId, kind, direction, sourceId: row.source_id, capturedAt: Date.parse(row.captured_at) };
}

function toCorrection(day: PersonDayRow, row: CorrectionRow): DayCorrection {
  return {
    id: row.id,
    userId: day.user_id,
    workDate: day.work_date,
    checkInAt: toMilliseconds(row.check_in_at),
    checkOutAt: toMilliseconds(row.check_out_at),
    status: row.status,
    createdAt: Date.parse(row.created_at),
    withdrawnAt: toMilliseconds(row.withdrawn_at),
  };
}

function toRecord(row: RecordRow): AttendanceRecord {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    workDate: row.work_date,
    shiftId: row.shift_id,
    checkInAt: toDate(row.check_in_at),
    checkOutAt: toDate(row.check_out_at),
    status: row.status,
    workedMinutes: row.worked_minutes,
    breakMinutes: row.break_minutes,
    lateMinutes: row.late_minutes,
    earlyLeaveMinutes: row.early_leave_minutes,
    overtimeMinutes: row.overtime_minutes,
    source: row.source,
    corrected: row.corrected,
    visitCount: row.visit_count,
    evidence: row.evidence,
    policyVersionId: row.policy_version_id,
    eventId: row.event_id,
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toMilliseconds(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
