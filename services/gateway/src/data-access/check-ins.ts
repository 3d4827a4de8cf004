import type { CheckInOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface Kiosk {
  readonly id: string;
  readonly direction: CheckInOut['direction'];
  readonly isActive: boolean;
}

export interface KioskName {
  readonly sourceType: string;
  readonly externalId: string;
}

/** A source of the organization of the transaction by the name it sends. */
export async function findKiosk(client: ClientBase, { sourceType, externalId }: KioskName): Promise<Kiosk | undefined> {
  const { rows } = await client.query<{ id: string; direction: Kiosk['direction']; is_active: boolean }>({
    name: 'find-kiosk',
    text: 'select id, direction, is_active from sources where source_type = $1 and external_id = $2',
    values: [sourceType, externalId],
  });
  const [row] = rows;
  return row && { id: row.id, direction: row.direction, isActive: row.is_active };
}

/** Makes a kiosk known; false when somebody else did so at this moment. */
export async function insertKiosk(
  client: ClientBase,
  kiosk: { readonly id: string; readonly organizationId: string; readonly externalId: string },
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-kiosk',
    text: `insert into sources (id, organization_id, source_type, external_id) values ($1, $2, 'kiosk', $3)
           on conflict (organization_id, source_type, external_id) do nothing`,
    values: [kiosk.id, kiosk.organizationId, kiosk.externalId],
  });
  return rowCount === 1;
}

export interface NewCheckIn {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly sourceId: string;
  readonly method: CheckInOut['method'];
  readonly direction: CheckInOut['direction'];
  readonly capturedAt: Date;
  readonly receivedAt: Date;
  readonly recordedBy: string;
  readonly eventId: string;
}

/** Writes a check-in; false when it is there already. */
export async function insertCheckIn(client: ClientBase, checkIn: NewCheckIn): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-check-in',
    text: `insert into check_ins
             (id, organization_id, user_id, source_id, method, direction, captured_at, received_at, recorded_by, event_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`,
    values: [
      checkIn.id,
      checkIn.organizationId,
      checkIn.userId,
      checkIn.sourceId,
      checkIn.method,
      checkIn.direction,
      checkIn.capturedAt,
      checkIn.receivedAt,
      checkIn.recordedBy,
      checkIn.eventId,
    ],
  });
  return rowCount === 1;
}

/** What is kept of a check-in. */
export async function loadCheckIn(
  client: ClientBase,
  id: string,
): Promise<{ readonly direction: CheckInOut['direction']; readonly capturedAt: Date } | undefined> {
  const { rows } = await client.query<{ direction: CheckInOut['direction']; captured_at: Date }>({
    name: 'load-check-in',
    text: 'select direction, captured_at from check_ins where id = $1',
    values: [id],
  });
  const [row] = rows;
  return row && { direction: row.direction, capturedAt: row.captured_at };
}
