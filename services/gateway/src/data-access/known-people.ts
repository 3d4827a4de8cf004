import type { ClientBase } from '@rollcall/postgres';

/**
 * Which of these people the organization of the transaction has or had, each with when they were removed (null: they are
 * here). None of them is removed before the transaction ends.
 */
export async function holdKnownPeople(
  client: ClientBase,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, Date | null>> {
  const { rows } = await client.query<{ id: string; deleted_at: Date | null }>({
    name: 'hold-known-people',
    // Always in the same order: two calls that name the same people do not wait for each other crosswise.
    text: `select id, case when is_deleted then coalesce(deleted_at, updated_at) end as deleted_at
           from users where id = any($1::uuid[]) order by id for share`,
    values: [userIds],
  });
  return new Map(rows.map(({ id, deleted_at }) => [id, deleted_at]));
}

/** Whether the organization of the transaction has or had this person: who was removed keeps their records. */
export async function isKnownPerson(client: ClientBase, userId: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'is-known-person',
    text: 'select 1 from users where id = $1',
    values: [userId],
  });
  return rowCount === 1;
}
