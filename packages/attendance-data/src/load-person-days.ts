import { beginningOfLog, type RecordOutcome, type Sighting, type Span } from '@rollcall/attendance-rules';
import type { ClientBase } from '@rollcall/postgres';
import { calendarStamp, toPlace } from './load-organization-calendar.js';
import type { DayCorrection, PersonDay, StoredRecord } from './person-day.js';

/** Names a person's work date. */
export interface PersonDayRef {
  readonly userId: string;
  readonly workDate: string;
  /** From its first instant to the first of the next day, epoch milliseconds. */
  readonly bounds: Span;
  /** Sightings closer together than this are one visit by the policy of that day. */
  readonly minIntervalSeconds: number;
}

/** Days, in the order they were asked for, and the stamp of the calendar that is stored at this moment. */
export interface StoredDays {
  readonly days: readonly PersonDay[];
  readonly stamp: string;
}

/**
 * What is stored about the given days of an organization, in one statement. Days without anything come back empty.
 *
 * Sightings are found by their time, not by the date they are stored under: rules may have changed since. (No rules move
 * an instant by more than four dates.)
 *
 * Somebody who sits in front of a camera has tens of thousands of sightings a day. Of every half of the minimal interval
 * the first and the last sighting of each direction come back: gaps that part visits lie between neighbours that are
 * both kept, and the first of a visit is kept, so that visits come out as from all of them.
 */
export async function loadPersonDays(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
  refs: readonly PersonDayRef[],
): Promise<StoredDays> {
  const { rows } = await client.query<{ stamp: string; days: readonly PersonDayRow[] }>({
    name: 'load-person-days',
    text: `select ${calendarStamp} as stamp, (
             select coalesce(jsonb_agg(jsonb_build_object(
               'user_id', day.user_id,
               'work_date', day.work_date,
               'misdated', exists (
                 select from attendance_logs a
                 where a.organization_id = $1 and a.user_id = day.user_id and a.work_date <> day.work_date
                   and a.work_date between day.work_date - 4 and day.work_date + 4
                   and a.captured_at >= day.starts and a.captured_at < day.ends
               ),
               'sightings', (
                 select coalesce(jsonb_agg(jsonb_build_object(
                   'id', l.id, 'kind', l.kind, 'captured_at', l.captured_at, 'direction', l.direction,
                   'source_id', l.source_id)), '[]')
                 from (
                   select a.id, a.kind, a.captured_at, a.direction, a.source_id,
                          row_number() over (stretch order by a.captured_at, a.id) as from_first,
                          row_number() over (stretch order by a.captured_at desc, a.id desc) as from_last
                   from attendance_logs a
                   where a.organization_id = $1 and a.user_id = day.user_id
                     and a.work_date between day.work_date - 4 and day.work_date + 4
                     and a.captured_at >= day.starts and a.captured_at < day.ends
                   window stretch as (
                     partition by a.direction, date_bin(day.stretch, a.captured_at, timestamptz '2000-01-01')
                   )
                 ) l
                 where l.from_first = 1 or l.from_last = 1
               ),
               'corrections', (
                 select coalesce(jsonb_agg(jsonb_build_object(
                   'id', c.id, 'check_in_at', c.check_in_at, 'check_out_at', c.check_out_at, 'status', c.status,
                   'created_at', c.created_at, 'known_epoch', c.known_epoch, 'known_xid', c.known_xid::text,
                   'withdrawn_epoch', c.withdrawn_epoch, 'withdrawn_xid', c.withdrawn_xid::text)), '[]')
                 from attendance_corrections c
                 where c.organization_id = $1 and c.user_id = day.user_id and c.work_date = day.work_date
               ),
               'record', (
                 select to_jsonb(r) from attendance_records r
                 where r.organization_id = $1 and r.user_id = day.user_id and r.work_date = day.work_date
               )) order by day.place), '[]')
             from rows from (unnest($2::uuid[]), unnest($3::date[]), unnest($4::timestamptz[]), unnest($5::timestamptz[]),
                             unnest($6::interval[])) with ordinality as day (user_id, work_date, starts, ends, stretch, place)
           ) as days
           from organizations o where o.id = $1`,
    values: [
      organizationId,
      refs.map(({ userId }) => userId),
      refs.map(({ workDate }) => workDate),
      refs.map(({ bounds }) => new Date(bounds.start)),
      refs.map(({ bounds }) => new Date(bounds.end)),
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
    misdated: row.misdated,
    sightings: row.sightings.map((sighting) => toSighting(row.user_id, sighting)),
    corrections: row.corrections.map((correction) => toCorrection(row, correction)),
    record: row.record === null ? null : toRecord(row.record),
  };
}

interface PersonDayRow {
  readonly user_id: string;
  readonly work_date: string;
  readonly misdated: boolean;
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
  readonly known_epoch: number | null;
  readonly known_xid: string | null;
  readonly withdrawn_epoch: number | null;
  readonly withdrawn_xid: string | null;
}

interface ReplacedRow {
  readonly check_in_at: string | null;
  readonly check_out_at: string | null;
  readonly status: StoredRecord['status'];
}

interface RecordRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly work_date: string;
  readonly shift_id: string | null;
  readonly check_in_at: string | null;
  readonly check_out_at: string | null;
  readonly status: StoredRecord['status'];
  readonly worked_minutes: number;
  readonly break_minutes: number;
  readonly late_minutes: number;
  readonly early_leave_minutes: number;
  readonly overtime_minutes: number;
  readonly source: string;
  readonly corrected: boolean;
  readonly replaced: ReplacedRow | null;
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
    known: toPlace(row.known_epoch, row.known_xid) ?? beginningOfLog,
    withdrawn: toPlace(row.withdrawn_epoch, row.withdrawn_xid),
  };
}

function toRecord(row: RecordRow): StoredRecord {
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
    replaced: row.replaced === null ? null : toOutcome(row.replaced),
    visitCount: row.visit_count,
    evidence: row.evidence,
    policyVersionId: row.policy_version_id,
    eventId: row.event_id,
  };
}

function toOutcome(row: ReplacedRow): RecordOutcome {
  return {
    checkInAt: toMilliseconds(row.check_in_at),
    checkOutAt: toMilliseconds(row.check_out_at),
    status: row.status,
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toMilliseconds(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
