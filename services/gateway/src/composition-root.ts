import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createLocalObjectStore, createStorageGuard, refuseForeignStorage, watchStorage } from '@rollcall/object-store';
import { readInstallationId, readNamedObjects, withOrganization } from '@rollcall/postgres';
import { createHealthRegistry, createMetrics, systemClock } from '@rollcall/service-kit';
import { createPasswordPool } from './auth/password-pool.js';
import { createPasswords } from './auth/passwords.js';
import { composeDoorbell } from './compose-doorbell.js';
import { composeIdentity } from './compose-identity.js';
import { composePools, endPools } from './compose-pools.js';
import { composeResults } from './compose-results.js';
import { composeVitals } from './compose-vitals.js';
import { createOrganizationSettings } from './data-access/organization-settings.js';
import { loadSystemConfig } from './data-access/system-configs.js';
import { countWaitingFrames } from './data-access/waiting-frames.js';
import { probeStorage } from './health/probe-storage.js';
import { createFeeds, type FeedsOptions } from './feeds/create-feeds.js';
import type { Gateway, GatewayOptions } from './gateway-options.js';
import { registerHealthChecks } from './health/register-checks.js';
import { answerUnreadable } from './http/answer-unreadable.js';
import { createApp } from './http/create-app.js';
import { createHttpMetrics } from './http/http-metrics.js';
import { docsPage } from './http/pages/docs-page.js';
import { landingPage } from './http/pages/landing-page.js';
import { createByteBudget } from './http/reading/byte-budget.js';
import { createRoutes } from './http/routes/create-routes.js';
import { trackCalls } from './http/track-calls.js';
import { createBacklogLimit } from './submission/backlog-limit.js';
import { createFrameCommit } from './submission/frame-commit.js';
import { createObjectPorts } from './submission/object-ports.js';

export type { Gateway, GatewayOptions } from './gateway-options.js';

/** So long the start waits for the database to say whose the storage is, ms. */
const START_PATIENCE_MS = 3_000;
const REQUEST_TIMEOUT_MS = 120_000;
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
  const pools = composePools({ databaseUrl: config.DATABASE_URL, queryTimeoutMs: options.queryTimeoutMs, logger });
  const { calls: pool, frames: framePool } = pools;
  const storage = createStorageGuard({
    root: config.STORAGE_ROOT,
    // On the way of a frame it may be asked: not behind calls that wait for something else.
    installation: () => readInstallationId(framePool),
    namedObjects: () => readNamedObjects(framePool),
  });
  const verifyRoot = () => storage.verify();
  const objects = options.objects ?? createLocalObjectStore({ root: config.STORAGE_ROOT, verifyRoot });
  let stopWatching: (() => void) | undefined;
  const metrics = createMetrics({ service: 'gateway', version });
  const passwordPool = createPasswordPool(
    options.passwordWorker ?? new URL('./auth/password-worker.js', import.meta.url),
  );
  const identity = composeIdentity({
    ...{ config, pool, framePool, keyPool: pools.keys, clock, logger },
    cacheTtlMs: options.cacheTtlMs,
  });
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
  const feeds = createFeeds({
    pool: pools.feeds,
    metrics,
    limits: options.feedLimits ?? FEED_LIMITS,
    onError: (error) => logger.warn({ err: error }, 'a feed could not be read'),
  });
  const doorbell = composeDoorbell({
    databaseUrl: config.DATABASE_URL,
    enabled: config.DOORBELL === 'on',
    logger,
    onEvents: () => {
      results.ring();
      feeds.ring();
    },
    onOrganizations: forget,
  });
  const frames = createFrameCommit(framePool, metrics);
  const backlog = createBacklogLimit({
    most: config.MAX_WAITING_FRAMES,
    look: () => countWaitingFrames(pool, config.MAX_WAITING_FRAMES),
    onError: (error) => logger.warn({ err: error }, 'how many frames wait could not be counted'),
  });
  const health = createHealthRegistry({ clock });
  // Whose folder it is first: the disk of another installation can be written as well.
  const probe = () => storage.verify().then(() => probeStorage({ objects, storageRoot: config.STORAGE_ROOT, clock }));
  registerHealthChecks(health, { pool, probeStorage: probe, logger });
  const uploads = createByteBudget(config.UPLOAD_BUDGET_MB * 1024 * 1024);
  const vitals = composeVitals({
    databaseUrl: config.DATABASE_URL,
    pools: { ...pools },
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
    backlog,
    passwords: createPasswords(passwordPool, options.passwordCost),
    sessions: identity.sessions,
    throttle: identity.throttle,
    changeThrottle: identity.changeThrottle,
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
    async announce(signal) {
      stopping = true;
      await pause(config.SHUTDOWN_NOTICE_MS, undefined, { signal }).catch(() => undefined);
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
      await endPools(pools);
    },
  };
}
