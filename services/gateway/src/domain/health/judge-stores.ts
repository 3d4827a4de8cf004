import type { HealthState, SystemHealthOut } from '@rollcall/contracts';
import type { HealthFigures, LocalHealth } from './health-figures.js';
import { verdict } from './verdict.js';

type Parts = SystemHealthOut['parts'];

/** A transaction that holds up the feeds: services' own end after seconds. */
const LONG_TRANSACTION_SECONDS = 30;
const STUCK_TRANSACTION_SECONDS = 300;
/** Beyond this the server refuses connections soon. */
const CONNECTIONS_SHARE = 0.9;
/** A day of a busy camera fits into a gigabyte. */
const LOW_DISK_BYTES = 1024 ** 3;
const FAILING_DELETIONS = 10;

export function judgeDatabase(figures: HealthFigures, { pool }: LocalHealth): Parts['database'] {
  const { database, oldest_transaction: oldest } = figures;
  const age = oldest?.age_seconds ?? 0;
  const holder = `process ${String(oldest?.pid)} (${oldest?.application ?? ''}) has kept a transaction open for ${String(Math.round(age))} s`;
  const share = database.connections / database.max_connections;
  return {
    ...verdict([
      ['failed', age > STUCK_TRANSACTION_SECONDS && oldest?.holds_feed === true, holder],
      ['degraded', age > LONG_TRANSACTION_SECONDS, holder],
      ['degraded', share > CONNECTIONS_SHARE, 'nearly all connections are in use'],
    ]),
    figures: {
      ...database,
      pool_connections: pool.connections,
      pool_waiting: pool.waiting,
      oldest_transaction: oldest,
    },
  };
}

export function judgeDisk(storage: LocalHealth['storage']): { state: HealthState; message?: string } {
  return verdict([
    ['failed', storage === undefined, 'cannot be written'],
    ['failed', storage?.full === true, 'is full'],
    ['degraded', storage !== undefined && storage.freeBytes < LOW_DISK_BYTES, 'has less than a gigabyte left'],
  ]);
}

export function judgeStorage(
  { object_deletions: deletions }: HealthFigures,
  { storage }: LocalHealth,
): Parts['storage'] {
  const disk = judgeDisk(storage);
  const failing = deletions.failing >= FAILING_DELETIONS;
  return {
    ...(disk.state === 'ok' ? verdict([['degraded', failing, 'objects cannot be deleted']]) : disk),
    figures: {
      writable: storage?.writable ?? false,
      free_bytes: storage?.freeBytes ?? null,
      total_bytes: storage?.totalBytes ?? null,
      deletions_waiting: deletions.waiting,
      deletions_failing: deletions.failing,
      oldest_deletion_seconds: deletions.oldest_seconds,
    },
  };
}

export function judgeFeed({ event_feed: feed, event_log_stall: stall }: HealthFigures): Parts['event_feed'] {
  const waits = stall?.seconds ?? 0;
  const holder = stall?.transaction;
  const whose = holder
    ? `: ${holder.pid === null ? '' : `process ${String(holder.pid)}, `}${holder.application}, ${holder.statement}`
    : '';
  return {
    ...verdict([
      ['failed', feed.epoch === null, 'the event log has no epoch'],
      ['degraded', waits > LONG_TRANSACTION_SECONDS, `events wait for an older transaction to end${whose}`],
    ]),
    figures: feed,
  };
}
