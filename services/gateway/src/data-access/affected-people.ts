import type { ClientBase } from '@rollcall/postgres';
import type { AffectedPerson } from '../domain/plan-recomputation.js';

/**
 * Whether somebody, a row of `users`, was inactive for longer than any change reaches back: none of their days can become an
 * absence. For everybody else the days themselves say when they were active.
 */
export const GONE = `(is_deleted or not is_active) and not exists (
  select from user_activity_changes c
  where c.organization_id = users.organization_id and c.user_id = users.id and c.since > now() - interval '400 days')`;

/** Everybody of the organization, those who left too: their records stand by the same rules. */
export async function listEverybody(client: ClientBase): Promise<AffectedPerson[]> {
  const { rows } = await client.query<AffectedPerson>(`select id, ${GONE} as gone from users order by id`);
  return rows;
}

/** Those who have, or once had, a shift in their pattern. */
export async function listPeopleOfShift(client: ClientBase, shiftId: string): Promise<AffectedPerson[]> {
  const { rows } = await client.query<AffectedPerson>(
    `select id, ${GONE} as gone from users
     where id in (select user_id from shift_assignments
                  where pattern @> jsonb_build_array(jsonb_build_object('shift_id', $1::text)))
     order by id`,
    [shiftId],
  );
  return rows;
}
