import type { ClientBase } from '@rollcall/postgres';

export interface AffectedPerson {
  readonly id: string;
}

/** Everybody of the organization, those who left too: their records stand by the same rules. */
export async function listEverybody(client: ClientBase): Promise<AffectedPerson[]> {
  const { rows } = await client.query<AffectedPerson>('select id from users order by id');
  return rows;
}

/** Those who have, or once had, a shift in their pattern. */
export async function listPeopleOfShift(client: ClientBase, shiftId: string): Promise<AffectedPerson[]> {
  const { rows } = await client.query<AffectedPerson>(
    `select id from users
     where id in (select user_id from shift_assignments
                  where pattern @> jsonb_build_array(jsonb_build_object('shift_id', $1::text)))
     order by id`,
    [shiftId],
  );
  return rows;
}
