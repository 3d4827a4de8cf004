import type { ClientBase } from '@rollcall/postgres';
import type { ClosingWindow } from '../domain/closing-days.js';

/**
 * How long an end of a work day is left alone. An event is computed by the moment it was recorded: one of a transaction
 * that is still open may have been recorded a little before the end, and must not come after the closing in the log. No
 * transaction lasts so long.
 */
const LEFT_ALONE = '3 minutes';
/** Looked at in one transaction; longer absences of the scheduler are made up for in several. */
const LONGEST_WINDOW = '1 day';
/** An organization that was never looked at has no more to make up for than this. */
const FIRST_LOOK_BACK = '7 days';

export interface LockedWindow extends ClosingWindow {
  /** Whether it ends with the present: what comes after it is a matter of the next look, since time goes on. */
  readonly last: boolean;
}

/**
 * Locks an organization's closings until the transaction ends and says what is to be looked at next; undefined when there
 * is nothing, or somebody else is at it. Times are the database's: events are recorded by its clock.
 */
export async function lockClosings(client: ClientBase, organizationId: string): Promise<LockedWindow | undefined> {
  await client.query(
    `insert into workday_closings (organization_id, closed_until)
     select id, greatest(created_at, now() - interval '${FIRST_LOOK_BACK}') from organizations where id = $1
     on conflict do nothing`,
    [organizationId],
  );
  const { rows } = await client.query<{ from: Date; until: Date; last: boolean }>(
    `select closed_until as "from",
            least(closed_until + interval '${LONGEST_WINDOW}', now() - interval '${LEFT_ALONE}') as until,
            closed_until + interval '${LONGEST_WINDOW}' >= now() - interval '${LEFT_ALONE}' as last
     from workday_closings where organization_id = $1 for update skip locked`,
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined || row.until <= row.from) return undefined;
  return { from: row.from.getTime(), until: row.until.getTime(), last: row.last };
}

export async function moveClosings(client: ClientBase, organizationId: string, until: number): Promise<void> {
  await client.query('update workday_closings set closed_until = $2 where organization_id = $1', [
    organizationId,
    new Date(until),
  ]);
}

/**
 * People who have shifts or leave, with `everybody` all, and who were active at some time since a moment: whoever became
 * inactive, or left, between the end of their shift and its closing is accountable for that shift.
 */
export async function listAccountablePeople(
  client: ClientBase,
  organizationId: string,
  { everybody, activeSince }: { readonly everybody: boolean; readonly activeSince: Date },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select u.id from users u
     where u.organization_id = $1
       and ((u.is_active and not u.is_deleted) or exists (
         select from user_activity_changes c where c.organization_id = $1 and c.user_id = u.id and c.since > $3))
       and ($2 or exists (select from shift_assignments a where a.organization_id = $1 and a.user_id = u.id)
               or exists (select from leaves l where l.organization_id = $1 and l.user_id = u.id))
     order by u.id`,
    [organizationId, everybody, activeSince],
  );
  return rows.map(({ id }) => id);
}
