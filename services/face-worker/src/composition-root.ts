import { createLocalObjectStore, createStorageGuard, probeObjects } from '@rollcall/object-store';
import {
  createDoorbell,
  createPool,
  HEARTBEAT_MS,
  readInstallationId,
  readNamedObjects,
  recordHeartbeat,
  removeHeartbeat,
  requireSchema,
  systemLogPool,
  writeSystemLogs,
} from '@rollcall/postgres';
import {
  createMetrics,
  exportFigures,
  type Lifecycle,
  newId,
  readinessOf,
  serveMetrics,
  startBeating,
  type SystemLog,
} from '@rollcall/service-kit';
import type { Log } from './log.js';
import { composeRequests } from './compose-requests.js';
import type { FaceWorkerConfig } from './config.js';
import { createGallerySource } from './data-access/create-gallery-source.js';
import { isTransient } from './data-access/is-transient.js';
import { claimUploadedImages, completeUploadedImage } from './data-access/uploaded-images.js';
import { recordFaceModel } from './data-access/record-face-model.js';
import { organizationPolicy } from './domain/recognition-policy.js';
import { createGalleryCache } from './gallery/gallery-cache.js';
import { createGallerySnapshots } from './gallery/gallery-snapshots.js';
import { createSavedSnapshots } from './gallery/saved-snapshots.js';
import { tendSnapshots } from './gallery/tend-snapshots.js';
import { warmUpGalleries } from './gallery/warm-up.js';
import { exportedFigures } from './heartbeat/exported-figures.js';
import type { PipelineDescription, PipelineFailure } from './pipeline/pipeline-messages.js';
import { createPipelinePool, PipelineUnavailableError, type PipelinePool } from './pipeline/pipeline-pool.js';
import { retryTransient } from './requests/retry-transient.js';
import { createJudgeUploads } from './uploads/judge-uploads.js';
import { groupUnknownFaces } from './unknown-faces/group-unknown-faces.js';

const DATABASE_CONNECTIONS = 6;
const SNAPSHOT_MS = 60_000;
/** So long an erased vector may stay in a file of an organization that sends nothing. */
const TEND_MS = 10 * 60_000;
/** Longer than an image can wait for a child and be looked at. */
const UPLOAD_LEASE_SECONDS = 120;
/** Operators look at strangers seconds later at the earliest. */
const GROUPING_MS = 4_000;
/** Pauses while the database is not there yet; together half a minute. */
const START_PAUSES_MS = [200, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

export interface FaceWorkerParts {
  readonly logger: Log;
  readonly version: string;
  /** Where the logger's warnings are kept until the database takes them. */
  readonly systemLog: SystemLog;
  /** Takes the ends of what is started, phase by phase. */
  readonly onShutdown: Lifecycle['onShutdown'];
  /** Models or native parts turned out to be missing or damaged while running: nothing can be served any more. */
  readonly onBroken: (failure: PipelineFailure) => void;
  /** Program of the pipeline children, for tests. */
  readonly childModule?: URL;
}

export interface FaceWorker {
  readonly workerId: string;
  readonly model: PipelineDescription['model'];
  /** What the heartbeat tells. */
  figures(): Readonly<Record<string, unknown>>;
}

/**
 * Starts a face worker; the only place that constructs. It claims requests when this resolves.
 *
 * @throws ForeignStorageError when the storage is another installation's.
 * @throws StorageNotThereError when it holds nothing of what the database names: it may be mounted later.
 * @throws PipelineUnavailableError when models or native parts are missing, damaged or of another dimension.
 */
export async function startFaceWorker(config: FaceWorkerConfig, parts: FaceWorkerParts): Promise<FaceWorker> {
  const { logger, systemLog, onShutdown } = parts;
  const workerId = newId();
  const startedAt = new Date();

  const database = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall face-worker',
    max: DATABASE_CONNECTIONS,
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const pipeline = composePipeline(config, parts);
  const logDatabase = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall system log',
    ...systemLogPool,
    onError: () => undefined,
  });
  systemLog.start((lines) => writeSystemLogs(logDatabase, workerId, lines));
  const ends: (() => Promise<void>)[] = [
    () => pipeline.close(),
    () => database.end(),
    () => systemLog.close(),
    () => logDatabase.end(),
  ];
  onShutdown('close', 'what is open', async () => {
    for (const end of ends) await end();
  });

  const description = await pipeline.start();
  const { model } = description;
  requireDimension(model.dim, config.embeddingDimension);
  await retryTransient(() => recordFaceModel(database, description), isTransient, START_PAUSES_MS);
  const storage = createStorageGuard({
    root: config.storageRoot,
    installation: () => readInstallationId(database),
    namedObjects: () => readNamedObjects(database),
  });
  await storage.verify();

  const source = createGallerySource(database);
  const files = { indexPath: config.indexPath, idMapPath: config.idMapPath };
  const gallerySnapshots = createGallerySnapshots(files);
  const galleries = createGalleryCache({
    source,
    snapshots: gallerySnapshots,
    modelId: model.id,
    dimension: model.dim,
    maxBytes: config.galleryBytes,
    logger,
  });
  const objects = createLocalObjectStore({ root: config.storageRoot, verifyRoot: () => storage.verify() });
  const thresholds = { model: description.thresholds, confidence: config.confidenceThreshold };
  const policyOf = (systemConfig: unknown) => organizationPolicy(systemConfig, thresholds);
  const requests = composeRequests({
    ...{ config, workerId, database, pipeline, galleries, objects, description, policyOf, logger },
  });
  const uploads = createJudgeUploads({
    pipeline,
    policyOf,
    claim: (limit) => claimUploadedImages(database, { workerId, limit, leaseSeconds: UPLOAD_LEASE_SECONDS }),
    complete: (id, ending) =>
      retryTransient(() => completeUploadedImage(database, workerId, id, ending), isTransient, START_PAUSES_MS),
    logger,
  });
  const snapshots = startBeating({
    everyMs: SNAPSHOT_MS,
    beat: () => galleries.saveChanged(),
    onError: (error) => logger.error({ err: error }, 'gallery snapshots could not be written'),
  });
  const saved = createSavedSnapshots(files);
  let stopping = false;
  const warming = warmUpGalleries({
    ...{ saved, source, galleries, logger, modelId: model.id, maxBytes: config.galleryBytes },
    isStopping: () => stopping,
  });
  const tending = startBeating({
    everyMs: TEND_MS,
    beat: () =>
      tendSnapshots({
        ...{ source, snapshots: gallerySnapshots, saved, galleries, logger, now: () => new Date() },
        ...{ modelId: model.id, dimension: model.dim },
      }),
    onError: (error) => logger.warn({ err: error }, 'gallery files are looked after later'),
  });
  const strangers = startBeating({
    everyMs: GROUPING_MS,
    beat: async () => {
      await groupUnknownFaces({ database, modelId: model.id, policyOf });
    },
    onError: (error) => logger.warn({ err: error }, 'unknown faces are grouped later'),
  });
  const doorbell = createDoorbell({
    connectionString: config.databaseUrl,
    channels: ['rollcall_requests', 'rollcall_uploads', 'rollcall_galleries'],
    onRing: (channel) => {
      if (channel === 'rollcall_requests') requests.ring();
      else if (channel === 'rollcall_uploads') uploads.ring();
      else
        galleries
          .refreshLoaded()
          .catch((error: unknown) => logger.warn({ err: error }, 'galleries are refreshed later'));
    },
    enabled: config.doorbell,
    logger,
  });
  const figures = () => ({
    ...pipeline.figures(),
    ...requests.figures(),
    ...galleries.figures(),
    model_id: model.id,
    synthetic: description.synthetic,
    doorbell: doorbell.state(),
    memory_bytes: process.memoryUsage.rss(),
  });
  if (config.metricsPort > 0) {
    const metrics = createMetrics({ service: 'face-worker', version: parts.version });
    exportFigures(metrics, figures, exportedFigures);
    // Its models are loaded: without them there is no process.
    const health = readinessOf(
      {
        database: () => requireSchema(database),
        storage: () => storage.verify().then(() => probeObjects(objects, new Date())),
      },
      logger,
    );
    const server = await serveMetrics(metrics, config.metricsPort, { health, isStopping: () => stopping });
    ends.unshift(() => server.close());
  }
  const heartbeat = startBeating({
    everyMs: HEARTBEAT_MS,
    beat: () => recordHeartbeat(database, { workerId, kind: 'face-worker', startedAt, figures: figures() }),
    onError: (error) => logger.warn({ err: error }, 'the heartbeat could not be written'),
  });

  onShutdown('announce', 'readiness', () => {
    stopping = true;
  });
  onShutdown('stop-intake', 'claims and doorbell', async () => {
    stopping = true;
    // What is being judged may end; that is waited for with the claimed requests.
    void uploads.stop();
    await Promise.all([requests.stopIntake(), doorbell.close()]);
  });
  onShutdown('drain', 'claimed requests', async () => {
    await Promise.all([requests.drain(), uploads.stop()]);
  });
  ends.unshift(
    () => warming,
    () => strangers.stop(),
    () => tending.stop(),
    () => snapshots.stop(),
    () => heartbeat.stop(),
    () => removeHeartbeat(database, workerId),
    () => galleries.close(),
  );
  requests.start();
  uploads.start();
  doorbell.start();
  return { workerId, model, figures };
}

function composePipeline(config: FaceWorkerConfig, { logger, onBroken, childModule }: FaceWorkerParts): PipelinePool {
  const { storageRoot, modelPath, detector, embedder, production } = config;
  return createPipelinePool({
    children: config.children,
    deadlineMs: config.pipelineDeadlineMs,
    settings: { storageRoot, pipeline: { modelPath, detector, embedder, production } },
    environment: config.childEnvironment,
    logger,
    onBroken,
    ...(childModule && { childModule }),
  });
}

/** A wrong dimension would only show with the first gallery: better at the start, with the name of the setting. */
function requireDimension(found: number, wanted: number): void {
  if (found === wanted) return;
  throw new PipelineUnavailableError({
    code: 'MODEL_UNSUPPORTED',
    about: 'installation',
    message: `the model gives ${String(found)} numbers a face, EMBEDDING_DIM is ${String(wanted)}`,
  });
}
