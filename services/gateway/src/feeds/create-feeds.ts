import type { EventType } from '@rollcall/contracts';
import { readHorizon, readKeptFrom, type Cursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import type { Metrics } from '@rollcall/service-kit';
import { createEventSource, type EventRow } from './event-feed.js';
import { createFeedAdmission, type FeedAdmission, type FeedLimits } from './feed-admission.js';
import { followFeed, type Follower } from './follow-feed.js';
import { createNotificationSource, isTo, type NotificationRow, type Recipient } from './notification-feed.js';
import { createTails } from './tails.js';

export interface FeedPlace {
  readonly organizationId: string;
  readonly after: Cursor;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Events and notifications to whoever waits for them. */
export interface Feeds {
  followEvents(place: FeedPlace & { readonly types?: readonly EventType[] }): Follower<EventRow>;
  followNotifications(place: FeedPlace & { readonly to: Recipient }): Follower<NotificationRow>;
  /** Where to begin for who wants only what comes. */
  readEnd(): Promise<Cursor>;
  /** Where the events begin that are kept. */
  readKeptFrom(organizationId: string): Promise<Cursor>;
  /** Whoever opens a stream or begins to wait goes through one of these. */
  readonly streams: FeedAdmission;
  readonly polls: FeedAdmission;
  /** A stream was cut because its reader took nothing. */
  countStalled(): void;
  /** Aborted when the gateway stops. */
  readonly ending: AbortSignal;
  ring(): void;
  /** Everybody who waits is answered, every stream ends. */
  stop(): Promise<void>;
}

export interface FeedsOptions {
  /** Of its own: however many wait, frames get their connections. */
  readonly pool: Pool;
  readonly metrics: Metrics;
  readonly limits: { readonly streams: FeedLimits; readonly polls: FeedLimits };
  readonly onError: (error: unknown) => void;
}

export function createFeeds({ pool, metrics, limits, onError }: FeedsOptions): Feeds {
  const streams = createFeedAdmission(limits.streams);
  const polls = createFeedAdmission(limits.polls);
  const { reads, stalled } = createFeedMetrics(metrics, streams, polls);
  const ending = new AbortController();
  const now = (): number => performance.now();
  const eventsOf = (organizationId: string) =>
    createEventSource(pool, organizationId, () => reads.inc({ feed: 'events' }));
  const notificationsOf = (organizationId: string) =>
    createNotificationSource(pool, organizationId, () => reads.inc({ feed: 'notifications' }));
  const eventTails = createTails<EventRow>({ sourceOf: (id) => eventsOf(id).tail, onError });
  const notificationTails = createTails<NotificationRow>({ sourceOf: (id) => notificationsOf(id).tail, onError });

  return {
    followEvents({ types, ...place }) {
      const source = eventsOf(place.organizationId);
      const wantedTypes = types && new Set<string>(types);
      return followFeed({
        ...place,
        tails: eventTails,
        wanted: ({ event }) => wantedTypes?.has(event.type) ?? true,
        readPast: (after) => source.read(after, place.limit, types),
        now,
      });
    },
    followNotifications({ to, ...place }) {
      const source = notificationsOf(place.organizationId);
      return followFeed({
        ...place,
        tails: notificationTails,
        wanted: (row) => isTo(row, to),
        readPast: (after) => source.read(after, place.limit, to),
        // Whether one was read changes.
        rereads: true,
        now,
      });
    },
    readEnd: () => readHorizon(pool),
    readKeptFrom: (id) => withOrganization(pool, id, (client) => readKeptFrom(client, id)),
    streams,
    polls,
    countStalled: () => stalled.inc(),
    ending: ending.signal,
    ring() {
      eventTails.ring();
      notificationTails.ring();
    },
    async stop() {
      ending.abort();
      await Promise.all([eventTails.stop(), notificationTails.stop()]);
    },
  };
}

function createFeedMetrics(metrics: Metrics, streams: FeedAdmission, polls: FeedAdmission) {
  metrics.gauge({
    name: 'rollcall_feed_waiting',
    help: 'Callers that wait for events or notifications.',
    labels: ['kind'],
    collect: (gauge) => {
      gauge.set({ kind: 'stream' }, streams.inside);
      gauge.set({ kind: 'poll' }, polls.inside);
    },
  });
  return {
    reads: metrics.counter({
      name: 'rollcall_feed_reads_total',
      help: 'Reads of a feed from the database; one serves everybody who follows the end of it.',
      labels: ['feed'],
    }),
    stalled: metrics.counter({
      name: 'rollcall_feed_streams_stalled_total',
      help: 'Streams cut because their reader took nothing.',
    }),
  };
}
