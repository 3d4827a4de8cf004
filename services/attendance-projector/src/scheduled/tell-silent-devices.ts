import { NotificationRules, resolveNotificationRules, type NewEvent } from '@rollcall/contracts';
import { appendDerivedEvents, derivedEventId, newEvent, ringEvents } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { findQuietDevices, type QuietDevice } from '../data-access/silent-devices.js';

const LEAST_MINUTES = NotificationRules.properties['device.silent'].properties.after_minutes.minimum ?? 1;
const MINUTE_MS = 60_000;

/**
 * Appends `device.silent` for cameras and kiosks that send nothing any more. The id follows from when the device was last
 * heard of: until it is heard again it is the same event, and is there once. Answers how many were new.
 */
export async function tellSilentDevices(pool: Pool, now: Date): Promise<number> {
  const quiet = await findQuietDevices(pool, { now, quietMinutes: LEAST_MINUTES });
  const events = quiet.flatMap((device) => silentEvent(device, now));
  if (events.length === 0) return 0;
  return withTransaction(pool, async (client) => {
    const appended = await appendDerivedEvents(client, events);
    if (appended.length > 0) await ringEvents(client);
    return appended.length;
  });
}

function silentEvent(device: QuietDevice, now: Date): NewEvent[] {
  const { sourceId, sourceType, organizationId, lastSeenAt } = device;
  const { after_minutes } = resolveNotificationRules(device.rules)['device.silent'];
  if (now.getTime() - lastSeenAt.getTime() < after_minutes * MINUTE_MS) return [];
  const id = derivedEventId(`${sourceId}/${lastSeenAt.toISOString()}`, 'device.silent');
  return [
    newEvent<'device.silent'>({
      id,
      type: 'device.silent',
      organizationId,
      subject: `sources/${sourceId}`,
      actor: 'system:attendance-projector',
      correlationId: id,
      payload: {
        source_id: sourceId,
        source_type: sourceType,
        last_seen_at: lastSeenAt.toISOString(),
        after_minutes,
      },
      occurredAt: now,
    }),
  ];
}
