import type { EventKey, NewEvent } from '@rollcall/contracts';
import type { ClientBase } from 'pg';

export interface AppendedEvent extends EventKey {
  readonly id: string;
}

/**
 * Appends events in the given order, in the transaction of the client. Nobody is told: call `ringEvents` once a commit.
 * A connection in an organization's scope may append events of that organization only.
 */
export async function appendEvents(client: ClientBase, events: readonly NewEvent[]): Promise<AppendedEvent[]> {
  if (events.length === 0) return [];
  const sql = 'select id, epoch, xid, position from append_events($1::jsonb)';
  const { rows } = await client.query<AppendedEvent>(sql, [JSON.stringify(events.map(toRow))]);
  return rows;
}

/**
 * Appends events whose ids follow from their source (`derivedEventId`), leaving out those written before: a replay
 * writes none twice. Worker and projector only.
 */
export async function appendDerivedEvents(client: ClientBase, events: readonly NewEvent[]): Promise<AppendedEvent[]> {
  if (events.length === 0) return [];
  const sql = 'select id, epoch, xid, position from append_derived_events($1::jsonb)';
  const { rows } = await client.query<AppendedEvent>(sql, [JSON.stringify(events.map(toRow))]);
  return rows;
}

/** Tells readers, once this transaction commits, that there are new events. One ring a commit is enough. */
export async function ringEvents(client: ClientBase): Promise<void> {
  await client.query("select pg_notify('rollcall_events', '')");
}

function toRow(event: NewEvent): Record<string, unknown> {
  return {
    id: event.id,
    organization_id: event.organizationId,
    type: event.type,
    version: event.version,
    subject: event.subject,
    actor: event.actor,
    correlation_id: event.correlationId,
    causation_id: event.causationId,
    payload: event.payload,
    occurred_at: event.occurredAt.toISOString(),
  };
}
