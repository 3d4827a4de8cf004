import { createLocalObjectStore } from '@rollcall/object-store';
import { createDoorbell, createPool } from '@rollcall/postgres';
import type { Lifecycle } from '@rollcall/service-kit';
import type { Log } from './log.js';
import { v7 as uuidV7 } from 'uuid';
import { composeRequests } from './compose-requests.js';
import type { FaceWorkerConfig } from './config.js';
import { createGallerySource } from './data-access/create-gallery-source.js';
import { isTransient } from './data-access/is-transient.js';
import { recordFaceModel } from './data-access/record-face-model.js';
import { recordHeartbeat, removeHeartbeat } from './data-access/record-heartbeat.js';
import { createGalleryCache } from './gallery/gallery-cache.js';
import { createGallerySnapshots } from './gallery/gallery-snapshots.js';
import { startBeating } from './heartbeat/beat.js';
import type { PipelineDescription, PipelineFailure } from './pipeline/pipeline-messages.js';
import { createPipelinePool, PipelineUnavailableError, type PipelinePool } from './pipeline/pipeline-pool.js';
import { retryTransient } from './requests/retry-transient.js';

const DATABASE_CONNECTIONS = 6;
const HEARTBEAT_MS = 2_000;
const SNAPSHOT_MS = 60_000;
/** Pauses while the database is not there yet; together half a minute. */
const START_PAUSES_MS = [200, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

export interface FaceWorkerParts {
  readonly logger: Log;
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
 * @throws PipelineUnavailableError when models or native parts are missing, damaged or of another dimension.
 */
export async function startFaceWorker(config: FaceWorkerConfig, parts: FaceWorkerParts): Promise<FaceWorker> {
  const { logger, onShutdown } = parts;
  const workerId = uuidV7();
  const startedAt = new Date();

  const database = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall face-worker',
    max: DATABASE_CONNECTIONS,
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const pipeline = composePipeline(config, parts);
  const ends: (() => Promise<void>)[] = [() => pipeline.close(), () => database.end()];
  onShutdown('close', 'what is open', async () => {
    for (const end of ends) await end();
  });

  const description = await pipeline.start();
  const { model } = description;
  requireDimension(model.dim, config.embeddingDimension);
  await retryTransient(() => recordFaceModel(database, description), isTransient, START_PAUSES_MS);

  const galleries = createGalleryCache({
    source: createGallerySource(database),
    snapshots: createGallerySnapshots({ indexPath: config.indexPath, idMapPath: config.idMapPath }),
    modelId: model.id,
    dimension: model.dim,
    maxBytes: config.galleryBytes,
    logger,
  });
  const objects = createLocalObjectStore({ root: config.storageRoot });
  const requests = composeRequests({ config, workerId, database, pipeline, galleries, objects, description, logger });
  const snapshots = startBeating({
    everyMs: SNAPSHOT_MS,
    beat: () => galleries.saveChanged(),
    onError: (error) => logger.error({ err: error }, 'gallery snapshots could not be written'),
  });
  const doorbell = createDoorbell({
    connectionString: config.databaseUrl,
    channels: ['rollcall_requests', 'rollcall_galleries'],
    onRing: (channel) => {
      if (channel === 'rollcall_requests') requests.ring();
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
  const heartbeat = startBeating({
    everyMs: HEARTBEAT_MS,
    beat: () => recordHeartbeat(database, { workerId, startedAt, figures: figures() }),
    onError: (error) => logger.warn({ err: error }, 'the heartbeat could not be written'),
  });

  onShutdown('stop-intake', 'claims and doorbell', async () => {
    await Promise.all([requests.stopIntake(), doorbell.close()]);
  });
  onShutdown('drain', 'claimed requests', () => requests.drain());
  ends.unshift(
    () => snapshots.stop(),
    () => heartbeat.stop(),
    () => removeHeartbeat(database, workerId),
    () => galleries.close(),
  );
  requests.start();
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
