import { newEvent, appendDerivedEvents, derivedEventId, ringEvents } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import { readEventLogStall, type EventLogStall } from '../data-access/event-log-stall.js';
import { beginEpisodes, endEpisode } from '../data-access/health-episodes.js';
import { listOrganizationIds } from '../data-access/organizations.js';
import { EVENT_LOG } from '../domain/judge-health.js';

export interface WarningLog {
  warn(fields: object, message: string): void;
}

/** Services' own transactions are ended after seconds; what lasts for so long is somebody else's, or stuck. */
const STALLED_SECONDS = 60;

/**
 * Looks whether committed events can be read. While one old transaction keeps its readers waiting, the log and the system log name
 * it at once; the event, as all others, is read when the log moves again. Raised once and cleared once an episode, also when two look at the same time.
 */
export async function watchEventLog(
  pool: Pool,
  logger: WarningLog,
  now: Date,
): Promise<'began' | 'ended' | 'unchanged'> {
  const stall = await readEventLogStall(pool);
  if (stall !== undefined && stall.seconds > STALLED_SECONDS) return begin(pool, logger, stall, now);
  return end(pool, logger, now);
}

async function begin(pool: Pool, logger: WarningLog, stall: EventLogStall, now: Date) {
  const since = new Date(now.getTime() - stall.seconds * 1_000).toISOString();
  const trouble = { component: EVENT_LOG, reason: 'STALLED' } as const;
  const episode = await withTransaction(pool, async (client) => {
    const [begun] = await beginEpisodes(client, [trouble], [newId()], now);
    if (begun === undefined) return undefined;
    const payload = { episode_id: begun.id, since, transaction: stall.transaction };
    const organizationIds = await listOrganizationIds(client);
    await appendDerivedEvents(
      client,
      organizationIds.map((organizationId) =>
        newEvent<'event_log.stalled'>({
          ...about(begun.id, organizationId, 'event_log.stalled', now),
          type: 'event_log.stalled',
          payload,
        }),
      ),
    );
    await ringEvents(client);
    return begun;
  });
  if (episode === undefined) return 'unchanged';
  logger.warn(
    { code: 'EVENT_LOG_STALLED', since, ...stall.transaction },
    'events wait for an older transaction to end',
  );
  return 'began';
}

async function end(pool: Pool, logger: WarningLog, now: Date) {
  const ended = await withTransaction(pool, async (client) => {
    const episode = await endEpisode(client, EVENT_LOG, now);
    if (episode === undefined) return undefined;
    const payload = { episode_id: episode.id, since: episode.beganAt.toISOString() };
    const organizationIds = await listOrganizationIds(client);
    await appendDerivedEvents(
      client,
      organizationIds.map((organizationId) =>
        newEvent<'event_log.resumed'>({
          ...about(episode.id, organizationId, 'event_log.resumed', now),
          type: 'event_log.resumed',
          payload,
        }),
      ),
    );
    await ringEvents(client);
    return payload;
  });
  if (ended === undefined) return 'unchanged';
  logger.warn({ code: 'EVENT_LOG_RESUMED', since: ended.since }, 'events are read again');
  return 'ended';
}

function about(episodeId: string, organizationId: string, type: string, now: Date) {
  return {
    id: derivedEventId(`${episodeId}/${organizationId}`, type),
    organizationId,
    subject: `system/${EVENT_LOG}`,
    actor: 'system:attendance-projector' as const,
    correlationId: episodeId,
    occurredAt: now,
  };
}
