import type { ClientBase } from '@rollcall/postgres';

const keyOf = (organizationId: string): string[] => ['rollcall replay', organizationId];

/**
 * Keeps replays of an organization from running at once. It belongs to the connection: whatever ends that, frees it.
 *
 * @throws Error when another replay of the organization is under way.
 */
export async function takeReplayLock(client: Pick<ClientBase, 'query'>, organizationId: string): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtext($1), hashtext($2)) as taken',
    keyOf(organizationId),
  );
  if (rows[0]?.taken !== true) throw new Error(`another replay of ${organizationId} is under way`);
}

export async function releaseReplayLock(client: Pick<ClientBase, 'query'>, organizationId: string): Promise<void> {
  await client.query('select pg_advisory_unlock(hashtext($1), hashtext($2))', keyOf(organizationId));
}
