import type { ClientBase } from 'pg';

/** For readiness: the database answers, and has been set up. @throws Error when not */
export async function requireSchema(client: Pick<ClientBase, 'query'>): Promise<void> {
  // Without the tables there is no such function; without the set-up's last step, no epoch.
  const { rows } = await client.query<{ epoch: number | null }>('select current_epoch() as epoch');
  if ((rows[0]?.epoch ?? null) === null) throw new Error('the event log has no epoch: the set-up has not run');
}
