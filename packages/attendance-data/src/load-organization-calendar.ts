import { beginningOfLog, type LogPlace, type OrganizationCalendar } from '@rollcall/attendance-rules';
import { defaultAttendancePolicyRules, resolveShiftRules } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** A calendar with the mark by which `loadPersonDays` tells that it still is the one stored. */
export interface StampedCalendar {
  readonly calendar: OrganizationCalendar;
  /** Whether anybody has shifts or leave, or there are holidays: else nobody's own calendar need be asked for. */
  readonly planned: boolean;
  readonly stamp: string;
}

/**
 * Versions are only ever added, so their count with the time zone is as good as a version of them all. Whether there is
 * anything of single people is part of it; what there is, is not.
 */
export const calendarStamp = `o.timezone
  || ' ' || (select count(*) from policy_versions p where p.organization_id = o.id)
  || ' ' || (select count(*) from organization_versions s where s.organization_id = o.id)
  || ' ' || (select count(*) from shifts s where s.organization_id = o.id)
  || ' ' || (select count(*) from holidays h where h.organization_id = o.id)
  || ' ' || exists (select from shift_assignments a where a.organization_id = o.id)
  || ' ' || exists (select from leaves l where l.organization_id = o.id)`;

const known = (row: string) => `'known_epoch', ${row}.known_epoch, 'known_xid', ${row}.known_xid::text`;

/** Every version of policy, time zone, work week, shifts and holidays of an organization. */
export async function loadOrganizationCalendar(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
): Promise<StampedCalendar> {
  const { rows } = await client.query<OrganizationRow>({
    name: 'load-organization-calendar',
    text: `select o.timezone, ${calendarStamp} as stamp,
             exists (select from shift_assignments a where a.organization_id = o.id)
               or exists (select from leaves l where l.organization_id = o.id)
               or exists (select from holidays h where h.organization_id = o.id) as planned,
             (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'version', p.version, 'valid_from', p.valid_from,
                       'rules', p.rules, ${known('p')})), '[]')
              from policy_versions p where p.organization_id = o.id) as policies,
             (select coalesce(jsonb_agg(jsonb_build_object('version', s.version, 'valid_from', s.valid_from,
                       'timezone', s.timezone, 'work_week', s.work_week, ${known('s')})), '[]')
              from organization_versions s where s.organization_id = o.id) as settings,
             (select coalesce(jsonb_agg(jsonb_build_object('shift_key', s.shift_key, 'version', s.version,
                       'valid_from', s.valid_from, 'is_retired', s.is_retired, 'rules', s.rules, ${known('s')})), '[]')
              from shifts s where s.organization_id = o.id) as shifts,
             (select coalesce(jsonb_agg(jsonb_build_object('date', h.holiday_on, 'version', h.version,
                       'is_withdrawn', h.is_withdrawn, ${known('h')})), '[]')
              from holidays h where h.organization_id = o.id) as holidays
           from organizations o where o.id = $1`,
    values: [organizationId],
  });
  const [row] = rows;
  if (row === undefined) return { calendar: emptyCalendar(organizationId), planned: false, stamp: '' };
  return { calendar: toCalendar(organizationId, row), planned: row.planned, stamp: row.stamp };
}

function emptyCalendar(organizationId: string): OrganizationCalendar {
  const { timezone } = defaultAttendancePolicyRules;
  return { organizationId, timezone, policies: [], settings: [], shifts: [], holidays: [] };
}

function toCalendar(organizationId: string, row: OrganizationRow): OrganizationCalendar {
  return {
    organizationId,
    timezone: row.timezone,
    policies: row.policies.map((policy) => ({ ...versionOf(policy), id: policy.id, rules: policy.rules })),
    settings: row.settings.map((settings) => ({
      ...versionOf(settings),
      timezone: settings.timezone,
      workWeek: settings.work_week,
    })),
    shifts: row.shifts.map((shift) => ({ ...versionOf(shift), shift: toShift(shift), retired: shift.is_retired })),
    holidays: row.holidays.map(({ date, version, is_withdrawn, ...rest }) => ({
      date,
      version,
      withdrawn: is_withdrawn,
      known: toPlace(rest.known_epoch, rest.known_xid) ?? beginningOfLog,
    })),
  };
}

function toShift({ shift_key, rules }: ShiftRow) {
  const { starts_at, ends_at, breaks, ...own } = resolveShiftRules(rules);
  return {
    id: shift_key,
    startsAt: starts_at,
    endsAt: ends_at,
    breaks: breaks.map((rest) => ({ startsAt: rest.starts_at, endsAt: rest.ends_at })),
    graceMinutes: own.grace_minutes,
    halfDayUnderMinutes: own.half_day_under_minutes,
    overtimeAfterMinutes: own.overtime_after_minutes,
  };
}

function versionOf(row: VersionRow) {
  const place = toPlace(row.known_epoch, row.known_xid) ?? beginningOfLog;
  return { version: row.version, validFrom: row.valid_from, known: place };
}

/** The place that a pair of columns names; null when they are empty. */
export function toPlace(epoch: number | null, xid: string | null): LogPlace | null {
  return epoch === null || xid === null ? null : { epoch, xid };
}

interface VersionRow {
  readonly version: number;
  readonly valid_from: string;
  readonly known_epoch: number | null;
  readonly known_xid: string | null;
}

interface ShiftRow extends VersionRow {
  readonly shift_key: string;
  readonly is_retired: boolean;
  readonly rules: unknown;
}

interface OrganizationRow {
  readonly timezone: string;
  readonly stamp: string;
  readonly planned: boolean;
  readonly policies: readonly (VersionRow & { readonly id: string; readonly rules: Record<string, unknown> })[];
  readonly settings: readonly (VersionRow & { readonly timezone: string; readonly work_week: readonly number[] })[];
  readonly shifts: readonly ShiftRow[];
  readonly holidays: readonly (Omit<VersionRow, 'valid_from'> & {
    readonly date: string;
    readonly is_withdrawn: boolean;
  })[];
}
