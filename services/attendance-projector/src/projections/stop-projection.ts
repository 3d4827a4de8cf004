import { INSTALLATION_ID, roleIdOf, type StoredEvent } from '@rollcall/contracts';
import { appendDerivedEvents, derivedEventId, newEvent, ringEvents, type Cursor } from '@rollcall/event-log';
import { withTransaction, type ClientBase, type Pool } from '@rollcall/postgres';
import { insertNotifications } from '../data-access/notifications.js';
import { insertStop } from '../data-access/projection-stops.js';
import { insertSystemLog } from '../data-access/system-logs.js';
import { auditedEvent } from '../domain/audit-trail.js';
import { notificationId } from '../domain/deterministic-ids.js';
import { failureCode } from '../domain/failure-code.js';
import { PROJECTION } from './projection-name.js';
import { writeAudit } from './write-audit.js';

const TYPE = 'projection.stopped';
const LONGEST_MESSAGE = 500;

/**
 * Has an organization stand still before an event that cannot be projected, and says so once: as an event, in the audit
 * trail, to the organization's admins, and in the system log with the message. It is tried again from time to time, so
 * that it goes on by itself once the cause is mended; an admin may have it passed over instead (`skip_projection_event`).
 *
 * @returns `superseded` when somebody else has moved the checkpoint, `known` when it was told before.
 */
export async function stopProjection(
  pool: Pool,
  event: StoredEvent,
  from: Cursor | null,
  failure: Error,
): Promise<'stopped' | 'known' | 'superseded'> {
  const reason = failureCode(failure);
  return withTransaction(pool, async (client) => {
    const noted = await insertStop(client, PROJECTION, event, from, reason);
    if (noted === 'elsewhere') return 'superseded';
    if (noted === 'known') return noted;
    await tell(client, event, reason, failure);
    return 'stopped';
  });
}

async function tell(client: ClientBase, event: StoredEvent, reason: string, failure: Error): Promise<void> {
  const { organizationId, id, type, epoch, xid, position } = event;
  await insertSystemLog(client, {
    level: 'error',
    organizationId,
    code: 'PROJECTION_STOPPED',
    message: failure.message.slice(0, LONGEST_MESSAGE),
    context: { organization_id: organizationId, event_id: id, event_type: type, epoch, xid, position, reason },
  });
  const payload = { projection: PROJECTION, event_id: id, event_type: type, reason };
  const stopped = newEvent<typeof TYPE>({
    id: derivedEventId(id, TYPE),
    type: TYPE,
    organizationId,
    subject: `events/${id}`,
    actor: 'system:attendance-projector',
    correlationId: event.correlationId,
    causationId: id,
    payload,
    occurredAt: new Date(),
  });
  await appendDerivedEvents(client, [stopped]);
  // The projection that would do so stands still.
  await writeAudit(client, organizationId, [auditedEvent(stopped, null)]);
  // The installation has no people to tell: its own events are in the trail and in the system log.
  if (organizationId !== INSTALLATION_ID) {
    const recipient = { userId: null, roleId: roleIdOf('ADMIN') };
    const told = { id: notificationId(id, TYPE), organizationId, recipient, type: TYPE, subject: stopped.subject };
    await insertNotifications(client, [
      { ...told, severity: 'critical', payload, eventId: stopped.id, createdAt: stopped.occurredAt },
    ]);
  }
  await ringEvents(client);
}
