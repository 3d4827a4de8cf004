import { INSTALLATION_ID, roleIdOf, type StoredEvent } from '@rollcall/contracts';
import { advanceCheckpoint, ringEvents, type Cursor } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { insertNotifications } from '../data-access/notifications.js';
import { insertSystemLog } from '../data-access/system-logs.js';
import { auditLogId, notificationId } from '../domain/deterministic-ids.js';
import type { BatchOutcome } from './apply-batch.js';
import { PROJECTION } from './projection-name.js';
import { writeAudit } from './write-audit.js';

const ACTION = 'projection.event_skipped';
const LONGEST_REASON = 500;

/**
 * Goes past one event that cannot be projected, and says so three times: in the audit trail, to the organization's
 * admins, and in the system log with the reason. The event stays in the log; once its cause is mended, a replay of the
 * organization brings in what was left out.
 */
export async function skipEvent(
  pool: Pool,
  event: StoredEvent,
  from: Cursor | null,
  reason: Error,
): Promise<BatchOutcome> {
  const { organizationId, id, type } = event;
  const to: Cursor = { epoch: event.epoch, xid: event.xid, position: event.position };
  return withTransaction(pool, async (client) => {
    const moved = await advanceCheckpoint(client, { projection: PROJECTION, organizationId, from, to });
    if (moved === 'conflict') return 'superseded';
    const context = { organization_id: organizationId, event_id: id, event_type: type, epoch: event.epoch };
    await insertSystemLog(client, {
      level: 'error',
      organizationId,
      code: 'PROJECTION_EVENT_SKIPPED',
      message: reason.message.slice(0, LONGEST_REASON),
      context: { ...context, xid: event.xid, position: event.position, error: reason.name },
    });
    const subject = `events/${id}`;
    const entry = { organizationId, eventId: id, action: ACTION, actor: 'system:attendance-projector', subject };
    await writeAudit(client, organizationId, [
      { entry: { ...entry, id: auditLogId(id, ACTION), occurredAt: event.recordedAt }, detail: null },
    ]);
    // The installation has no people to tell: its own events are in the trail and in the system log.
    if (organizationId === INSTALLATION_ID) return 'applied';
    await insertNotifications(client, [
      {
        id: notificationId(id, ACTION),
        organizationId,
        recipient: { userId: null, roleId: roleIdOf('ADMIN') },
        type: ACTION,
        severity: 'critical',
        subject,
        payload: { event_id: id, event_type: type },
        eventId: id,
        createdAt: event.recordedAt,
      },
    ]);
    await ringEvents(client);
    return 'applied';
  });
}
