import { createServer, type Server } from 'node:http';
import {
  createLocalObjectStore,
  createStorageGuard,
  refuseForeignStorage,
  watchStorage,
  type ForeignStorageError,
  type ObjectStore,
} from '@rollcall/object-store';
import { createDoorbell, createPool, readInstallationId, withOrganization } from '@rollcall/postgres';
import {
  createHealthRegistry,
  createMetrics,
  systemClock,
  type Clock,
  type Logger,
  type SystemLog,
} from '@rollcall/service-kit';
import { createPasswordPool } from './auth/password-pool.js';
import { createPasswords } from './auth/passwords.js';
import { composeResults } from './compose-results.js';
import { composeIdentity } from './compose-identity.js';
import { composeVitals } from './compose-vitals.js';
import type { GatewayConfig } from './config.js';
import { createOrganizationSettings } from './data-access/organization-settings.js';
import { loadSystemConfig } from './data-access/system-configs.js';
import { probeStorage } from './health/probe-storage.js';
import { createFeeds, type FeedsOptions } from './feeds/create-feeds.js';
import { registerHealthChecks } from './health/register-checks.js';
import { answerUnreadable } from './http/answer-unreadable.js';
import { createApp } from './http/create-app.js';
import { createHttpMetrics } from './http/http-metrics.js';
import { docsPage } from './http/pages/docs-page.js';
import { landingPage } from './http/pages/landing-page.js';
import { createByteBudget } from './http/reading/byte-budget.js';
import { createRoutes } from './http/routes/create-routes.js';
import type { StreamEventsPorts } from './http/routes/feeds/stream-events.js';
import { trackCalls } from './http/track-calls.js';
import { createFrameCommit } from './submission/frame-commit.js';
import { createObjectPorts } from './submission/object-ports.js';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly version: string;
  /** Where the logger's warnings are kept until the database takes them. */
  readonly systemLog?: SystemLog;
  /** The storage turned out to be another installation's: nothing may be stored. */
  readonly onForeignStorage?: (error: ForeignStorageError) => void;
  readonly clock?: Clock;
  readonly objects?: ObjectStore;
  /** The compiled module that computes passwords; tests, which run the sources, name it. */
  readonly passwordWorker?: URL;
  readonly passwordCost?: number;
  /** After this without an answer a database connection is given up, ms. */
  readonly queryTimeoutMs?: number;
  /** How long a looked-up person or setting is believed, ms; tests that change them take 0. */
  readonly cacheTtlMs?: number;
  /** How many may wait for events and notifications at once. */
  readonly feedLimits?: FeedsOptions['limits'];
  readonly streamTimes?: NonNullable<StreamEventsPorts['streamTimes']>;
}

export interface Gateway {
  readonly server: Server;
  /** Begins to listen; resolves with the port. */
  start(): Promise<number>;
  /** Takes no more calls and answers those who wait. */
  stopIntake(): Promise<void>;
  /** Resolves when every call taken has been answered. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A commit of frames at a time, and look-ups of who calls and what is set. */
const FRAME_CONNECTIONS = 4;
/** No call needs a statement that takes longer; somebody waits for every one of them. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** So long the start waits for the database to say whose the storage is, ms. */
const START_PATIENCE_MS = 3_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Enough for the tails of many organizations; whoever is far behind waits for a turn, and no frame waits for them. */
const FEED_CONNECTIONS = 4;
/** Each of them costs a connection and some memory, also while nothing happens. */
const FEED_LIMITS: FeedsOptions['limits'] = {
  streams: { most: 250, mostPerCaller: 10 },
  polls: { most: 250, mostPerCaller: 20 },
};
/** Longer than a camera's usual pause between frames and a proxy's usual minute. */
const KEEP_ALIVE_MS = 65_000;

/** Builds the gateway: the only place that constructs its parts. */
export function createGateway(options: GatewayOptions): Gateway {
  const { config, logger, version, clock = systemClock } = options;
  const onPoolError = (error: Error) => logger.warn({ err: error }, 'an idle database connection broke');
  const poolOf = (purpose: string, max: number) =>
    createPool({
      connectionString: config.DATABASE_URL,
      applicationName: `rollcall-gateway${purpose}`,
      max,
      onError: onPoolError,
      settings: { statement_timeout: `${STATEMENT_TIMEOUT_MS}ms`, lock_timeout: '5s' },
      queryTimeoutMs: options.queryTimeoutMs ?? STATEMENT_TIMEOUT_MS + 2_000,
    });
  const pool = poolOf('', 10);
  // What a frame needs has connections of its own: lists, long polls and waits cannot starve it.
  const framePool = poolOf(' frames', FRAME_CONNECTIONS);
  const objects = options.objects ?? createLocalObjectStore({ root: config.STORAGE_ROOT });
  const storage = createStorageGuard({ root: config.STORAGE_ROOT, installation: () => readInstallationId(pool) });
  let stopWatching: (() => void) | undefined;
  const metrics = createMetrics({ service: 'gateway', version });
  const passwordPool = createPasswordPool(
    options.passwordWorker ?? new URL('./auth/password-worker.js', import.meta.url),
  );
  const identity = composeIdentity({ config, pool, framePool, clock, logger, cacheTtlMs: options.cacheTtlMs });
  const settings = createOrganizationSettings(
    (organizationId) =>
      withOrganization(framePool, organizationId, (client) => loadSystemConfig(client, organizationId)),
    options.cacheTtlMs,
  );
  const forget = (): void => {
    identity.forget();
    settings.forget();
  };
  const results = composeResults(pool, (error) => logger.warn({ err: error }, 'results could not be looked for'));
  const feedPool = createPool({
    connectionString: config.DATABASE_URL,
    applicationName: 'rollcall-gateway feeds',
    max: FEED_CONNECTIONS,
    onError: onPoolError,
    settings: { statement_timeout: `${STATEMENT_TIMEOUT_MS}ms`, lock_timeout: '5s' },
    queryTimeoutMs: options.queryTimeoutMs ?? STATEMENT_TIMEOUT_MS + 2_000,
  });
  const feeds = createFeeds({
    pool: feedPool,
    metrics,
    limits: options.feedLimits ?? FEED_LIMITS,
    onError: (error) => logger.warn({ err: error }, 'a feed could not be read'),
  });
  const doorbell = createDoorbell({
    connectionString: config.DATABASE_URL,
    channels: ['rollcall_events', 'rollcall_organizations'],
    enabled: config.DOORBELL === 'on',
    logger,
    onRing: (channel) => {
      if (channel === 'rollcall_organizations') {
        forget();
        return;
      }
      results.ring();
      feeds.ring();
    },
  });
  const frames = createFrameCommit(framePool, metrics);
  const health = createHealthRegistry({ clock });
  const probe = () => probeStorage({ objects, storageRoot: config.STORAGE_ROOT, clock });
  registerHealthChecks(health, { pool, probeStorage: probe, logger });
  const uploads = createByteBudget(config.UPLOAD_BUDGET_MB * 1024 * 1024);
  const vitals = composeVitals({
    databaseUrl: config.DATABASE_URL,
    pools: { calls: pool, frames: framePool, feeds: feedPool },
    pool,
    doorbell,
    uploads,
    metrics,
    logger,
    systemLog: options.systemLog,
    clock,
  });
  let stopping = false;

  const routes = createRoutes({
    pool,
    objects,
    objectPorts: createObjectPorts(objects, logger),
    frames,
    passwords: createPasswords(passwordPool, options.passwordCost),
    sessions: identity.sessions,
    throttle: identity.throttle,
    settings,
    forget,
    ...results.waiters,
    feeds,
    ...(options.streamTimes && { streamTimes: options.streamTimes }),
    health,
    probeStorage: probe,
    metrics,
    metricsToken: config.METRICS_TOKEN,
    clock,
    logger,
    version,
    ...identity.secrets,
    isStopping: () => stopping,
  });
  const app = createApp({
    routes,
    pages: [docsPage(), landingPage()],
    corsOrigins: config.CORS_ORIGINS,
    trustedProxies: config.TRUSTED_PROXIES,
    logger,
    metrics: createHttpMetrics(metrics),
    isStopping: () => stopping,
    ports: {
      uploads,
      authenticate: identity.authenticate,
      imageLimits: async (organizationId, operation) => {
        const { images, enrolment } = await settings.of(organizationId);
        return {
          maxFileBytes: images.max_bytes,
          maxFiles: operation.id === 'registerFaces' ? enrolment.max_images : 1,
        };
      },
    },
  });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS }, app);
  server.on('clientError', answerUnreadable);
  const calls = trackCalls(server);

  return {
    server,
    async start() {
      await refuseForeignStorage(storage, START_PATIENCE_MS);
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(config.PORT, config.HOST, () => {
          server.off('error', reject);
          stopWatching = watchStorage(storage, {
            onForeign: (error) => options.onForeignStorage?.(error),
            onUnknown: (error) => logger.warn({ err: error }, 'whose the storage is cannot be found out yet'),
          });
          doorbell.start();
          vitals.start();
          identity.start();
          results.start();
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : config.PORT);
        });
      });
    },
    async stopIntake() {
      stopping = true;
      stopWatching?.();
      server.close();
      await Promise.all([feeds.stop(), results.stop()]);
    },
    async drain() {
      await calls.idle();
      // Kept for a next call, which there shall not be.
      server.closeIdleConnections();
      await frames.drained();
    },
    async close() {
      server.closeAllConnections();
      await Promise.all([doorbell.close(), passwordPool.close(), identity.close(), vitals.close()]);
      await Promise.all([pool.end(), framePool.end(), feedPool.end()]);
    },
  };
}
