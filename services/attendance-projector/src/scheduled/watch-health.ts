import { newEvent, appendDerivedEvents, derivedEventId, ringEvents } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import { measureLag } from '../data-access/events.js';
import { beginEpisodes, endEpisodes, readHealthFigures, type HealthEpisode } from '../data-access/health-episodes.js';
import { listOrganizationIds } from '../data-access/organizations.js';
import { endReplays } from '../data-access/projection-replays.js';
import { EVENT_LOG, judgeHealth } from '../domain/judge-health.js';
import { projectedTypes } from '../domain/projected-types.js';
import { PROJECTION } from '../projections/projection-name.js';

/** Fifteen missed beats. */
const SILENT_AFTER_SECONDS = 30;

/** A replay is over once nothing older than this waits. */
const CAUGHT_UP_SECONDS = 10;

/**
 * Looks whether the installation does its work. What begins to fail is told to every organization as `system.unhealthy`,
 * once until it works again: an open episode is not begun anew, also when two look at the same time. Also ends
 * replays that have caught up: from the next look on their organizations can be behind like any other.
 */
export async function watchHealth(pool: Pool, now: Date): Promise<{ readonly began: number; readonly ended: number }> {
  const figures = await readHealthFigures(pool, SILENT_AFTER_SECONDS);
  const { oldestRecordedAt } = await measureLag(pool, PROJECTION, projectedTypes);
  const projectionLagSeconds = oldestRecordedAt && (now.getTime() - oldestRecordedAt.getTime()) / 1_000;
  await endReplays(pool, PROJECTION, projectedTypes, CAUGHT_UP_SECONDS);
  const troubles = judgeHealth({ ...figures, projectionLagSeconds });
  return withTransaction(pool, async (client) => {
    const components = troubles.map(({ component }) => component);
    const ended = await endEpisodes(client, [...components, EVENT_LOG], now);
    const ids = troubles.map(() => newId());
    const episodes = troubles.length === 0 ? [] : await beginEpisodes(client, troubles, ids, now);
    if (episodes.length > 0) {
      const organizationIds = await listOrganizationIds(client);
      const events = organizationIds.flatMap((id) => episodes.map((episode) => unhealthyEvent(episode, id)));
      await appendDerivedEvents(client, events);
      await ringEvents(client);
    }
    return { began: episodes.length, ended };
  });
}

function unhealthyEvent({ id, component, reason, beganAt }: HealthEpisode, organizationId: string) {
  return newEvent<'system.unhealthy'>({
    id: derivedEventId(`${id}/${organizationId}`, 'system.unhealthy'),
    type: 'system.unhealthy',
    organizationId,
    subject: `system/${component}`,
    actor: 'system:attendance-projector',
    correlationId: id,
    payload: { component, reason, since: beganAt.toISOString() },
    occurredAt: beganAt,
  });
}
