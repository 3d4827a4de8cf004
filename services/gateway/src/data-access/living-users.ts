import type { ClientBase } from '@rollcall/postgres';

/** Which of these people there are in the organization of the transaction; none of them is deleted before it ends. */
export async function holdLivingUsers(client: ClientBase, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: 'hold-living-users',
    // Always in the same order: two calls that name the same people do not wait for each other crosswise.
    text: 'select id from users where id = any($1::uuid[]) and not is_deleted order by id for share',
    values: [userIds],
  });
  return new Set(rows.map(({ id }) => id));
}
