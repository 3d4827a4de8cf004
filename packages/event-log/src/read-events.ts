import type { EventKey, EventType, StoredEvent } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import type { ClientBase } from 'pg';
import { startCursor, type Cursor } from './cursor.js';

export interface ReadEventsOptions {
  /** The nil uuid for events of the installation itself. */
  readonly organizationId: string;
  /** Read what comes after this key; null reads from the very beginning. */
  readonly after: Cursor | null;
  readonly limit: number;
  /** Only these types; `next` moves over the others. */
  readonly types?: readonly EventType[];
}

export interface EventPage {
  readonly events: StoredEvent[];
  /** Where to go on: also moves when every event scanned was of another type. */
  readonly next: Cursor;
  /** Whether another call would find more right now (a page was filled, or only a part was scanned). */
  readonly more: boolean;
}

interface EventRow extends EventKey {
  /** Null in the last row, which tells how far was scanned. */
  readonly id: string | null;
  readonly organization_id: string;
  readonly type: string;
  readonly version: number;
  readonly subject: string;
  readonly actor: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly payload: unknown;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly more: boolean;
}

/**
 * Events in commit order: what is returned never gets a predecessor later. Events of transactions that are not yet
 * older than every running one are not returned yet. A pool or any client will do: reading needs no transaction.
 *
 * @throws AppError CURSOR_EXPIRED when the organization's next event is in the archive only; see `readKeptFrom`.
 */
export async function readEvents(
  client: Pick<ClientBase, 'query'>,
  { organizationId, after, limit, types }: ReadEventsOptions,
): Promise<EventPage> {
  const { epoch, xid, position } = after ?? startCursor;
  const sql = 'select * from read_events($1, $2::smallint, $3::text::xid8, $4, $5, $6)';
  const values = [organizationId, epoch, xid, position, limit, types ?? null];
  const { rows } = await client.query<EventRow>({ name: 'read_events', text: sql, values }).catch(toExpired);
  const end = rows.at(-1);
  if (end?.id !== null) throw new Error('read_events ended without its last row');
  return {
    events: rows.slice(0, -1).map(toStoredEvent),
    next: { epoch: end.epoch, xid: end.xid, position: end.position },
    more: end.more,
  };
}

/** What read_events() raises. */
const EXPIRED = 'RC410';

function toExpired(error: unknown): never {
  if ((error as { code?: unknown } | null)?.code !== EXPIRED) throw error;
  throw new AppError('CURSOR_EXPIRED', { cause: error });
}

/**
 * Where the kept events of an organization begin: everything up to there is in the archive. The start of the log when
 * nothing was dropped yet.
 */
export async function readKeptFrom(client: Pick<ClientBase, 'query'>, organizationId: string): Promise<Cursor> {
  const sql = 'select epoch, xid::text, position::text from event_archive_ends where organization_id = $1';
  const { rows } = await client.query<Cursor>(sql, [organizationId]);
  return rows[0] ?? startCursor;
}

function toStoredEvent(row: EventRow): StoredEvent {
  const event = {
    epoch: row.epoch,
    xid: row.xid,
    position: row.position,
    id: row.id,
    organizationId: row.organization_id,
    type: row.type,
    version: row.version,
    subject: row.subject,
    actor: row.actor,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    payload: row.payload,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
  };
  return event as StoredEvent;
}
