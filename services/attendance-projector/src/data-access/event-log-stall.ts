import type { EventPayload } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface EventLogStall {
  /** How long the first event that cannot be read has waited. */
  readonly seconds: number;
  /** The transaction it waits for; null when this role may not see whose it is. */
  readonly transaction: EventPayload<'event_log.stalled'>['transaction'];
}

/** Undefined while no event waits. */
export async function readEventLogStall(client: Pick<ClientBase, 'query'>): Promise<EventLogStall | undefined> {
  const { rows } = await client.query<{ stall: EventLogStall | null }>('select event_log_stall() as stall');
  return rows[0]?.stall ?? undefined;
}
