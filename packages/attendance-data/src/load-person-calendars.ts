import { beginningOfLog, type PersonCalendar } from '@rollcall/attendance-rules';
import type { ClientBase } from '@rollcall/postgres';
import { toPlace } from './load-organization-calendar.js';

/** Shift assignments and leaves of people, withdrawn ones among them, with when each person was active. */
export async function loadPersonCalendars(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
  userIds: readonly string[],
): Promise<Map<string, PersonCalendar>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await client.query<PersonRow>({
    name: 'load-person-calendars',
    text: `select u.id as user_id, u.created_at,
             (select coalesce(jsonb_agg(jsonb_build_object('is_active', c.is_active, 'since', c.since,
                       'known_epoch', c.known_epoch, 'known_xid', c.known_xid::text) order by c.id), '[]')
              from user_activity_changes c where c.organization_id = u.organization_id and c.user_id = u.id) as activity,
             (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'valid_from', a.valid_from,
                       'valid_until', a.valid_until, 'pattern', a.pattern,
                       'known_epoch', a.known_epoch, 'known_xid', a.known_xid::text,
                       'withdrawn_epoch', a.withdrawn_epoch, 'withdrawn_xid', a.withdrawn_xid::text)), '[]')
              from shift_assignments a where a.organization_id = u.organization_id and a.user_id = u.id) as assignments,
             (select coalesce(jsonb_agg(jsonb_build_object('starts_on', l.starts_on, 'ends_on', l.ends_on,
                       'until_time', l.until_time, 'from_time', l.from_time,
                       'known_epoch', l.known_epoch, 'known_xid', l.known_xid::text,
                       'withdrawn_epoch', l.withdrawn_epoch, 'withdrawn_xid', l.withdrawn_xid::text)), '[]')
              from leaves l where l.organization_id = u.organization_id and l.user_id = u.id) as leaves
           from users u where u.organization_id = $1 and u.id = any($2::uuid[])`,
    values: [organizationId, userIds],
  });
  return new Map(rows.map((row) => [row.user_id, toPersonCalendar(row)]));
}

function toPersonCalendar(row: PersonRow): PersonCalendar {
  return {
    userId: row.user_id,
    addedAt: row.created_at.getTime(),
    activity: row.activity.map(({ is_active, since, known_epoch, known_xid }) => ({
      active: is_active,
      since: Date.parse(since),
      known: toPlace(known_epoch, known_xid) ?? beginningOfLog,
    })),
    assignments: row.assignments.map(({ id, valid_from, valid_until, pattern, ...places }) => ({
      id,
      validFrom: valid_from,
      validUntil: valid_until,
      pattern: pattern.map(({ shift_id, weekdays }) => ({ shiftId: shift_id, weekdays: weekdays ?? null })),
      ...placesOf(places),
    })),
    leaves: row.leaves.map(({ starts_on, ends_on, until_time, from_time, ...places }) => ({
      startsOn: starts_on,
      endsOn: ends_on,
      untilTime: until_time,
      fromTime: from_time,
      ...placesOf(places),
    })),
  };
}

function placesOf(row: PlacesRow) {
  return {
    known: toPlace(row.known_epoch, row.known_xid) ?? beginningOfLog,
    withdrawn: toPlace(row.withdrawn_epoch, row.withdrawn_xid),
  };
}

interface PlacesRow {
  readonly known_epoch: number | null;
  readonly known_xid: string | null;
  readonly withdrawn_epoch: number | null;
  readonly withdrawn_xid: string | null;
}

interface PersonRow {
  readonly user_id: string;
  readonly created_at: Date;
  readonly activity: readonly (Omit<PlacesRow, 'withdrawn_epoch' | 'withdrawn_xid'> & {
    readonly is_active: boolean;
    readonly since: string;
  })[];
  readonly assignments: readonly (PlacesRow & {
    readonly id: string;
    readonly valid_from: string;
    readonly valid_until: string | null;
    readonly pattern: readonly { readonly shift_id: string; readonly weekdays?: readonly number[] | null }[];
  })[];
  readonly leaves: readonly (PlacesRow & {
    readonly starts_on: string;
    readonly ends_on: string;
    readonly until_time: string | null;
    readonly from_time: string | null;
  })[];
}
