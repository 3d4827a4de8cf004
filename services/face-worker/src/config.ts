import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Type } from '@sinclair/typebox';
import { choiceSetting, loadConfig, serviceSettings, type Environment, type LogLevel } from '@rollcall/service-kit';

/** Everything the face worker reads from its environment. */
export const faceWorkerSettings = Type.Object({
  ...serviceSettings,
  MODEL_PATH: Type.String({ default: 'models', description: 'Folder of the prepared models.' }),
  DETECTOR: choiceSetting(['rfb', 'haar'], {
    default: 'rfb',
    description: 'Face detector: the default network or the Haar cascade.',
  }),
  FACE_EMBEDDER: choiceSetting(['model', 'random-dev'], {
    default: 'model',
    description: 'random-dev gives faces random vectors, marks results synthetic and is refused in production.',
  }),
  EMBEDDING_DIM: Type.Integer({
    default: 512,
    minimum: 1,
    maximum: 4096,
    description: "Numbers in an embedding; must be the model's.",
  }),
  CONFIDENCE_THRESHOLD: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'Match threshold (cosine) of organizations that have not set one. Unset: that of the model, 0.45 for the default one.',
    }),
  ),
  FAISS_INDEX_PATH: Type.String({ default: 'storage/galleries', description: 'Folder of the gallery indexes.' }),
  FAISS_ID_MAP_PATH: Type.Optional(
    Type.String({ description: "Folder of the galleries' id maps. Unset: the folder of the indexes." }),
  ),
  GALLERY_MEMORY_MB: Type.Integer({
    default: 1024,
    minimum: 16,
    description: 'Galleries unused for longest leave memory above this; 100,000 faces take about 240.',
  }),
  WORKER_PROCESSES: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 256,
    description: 'Child processes of the pipeline, one frame and one thread each. 0: one a core.',
  }),
  PIPELINE_DEADLINE_MS: Type.Integer({
    default: 15_000,
    minimum: 100,
    description: 'Milliseconds an image may take in the pipeline; then its process is killed and replaced.',
  }),
  FACE_WORKER_METRICS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description: 'Port on 127.0.0.1 that tells Prometheus the figures of this process; 0: none.',
  }),
  CLAIM_LEASE_SECONDS: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 600,
    description: 'Seconds after which the frames of a dead worker are taken over.',
  }),
});

export interface FaceWorkerConfig {
  readonly databaseUrl: string;
  readonly storageRoot: string;
  readonly modelPath: string;
  readonly detector: 'rfb' | 'haar';
  readonly embedder: 'model' | 'random-dev';
  readonly production: boolean;
  readonly embeddingDimension: number;
  readonly confidenceThreshold: number | undefined;
  readonly indexPath: string;
  readonly idMapPath: string;
  readonly galleryBytes: number;
  readonly children: number;
  readonly pipelineDeadlineMs: number;
  readonly leaseSeconds: number;
  readonly doorbell: boolean;
  /** 0: none. */
  readonly metricsPort: number;
  readonly logLevel: LogLevel;
  /** What pipeline children get: where to find programs and libraries, and no secret. */
  readonly childEnvironment: Readonly<Record<string, string>>;
}

const SECRETS: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'SECRET_KEY',
  'SECRET_KEY_PREVIOUS',
  'PGPASSWORD',
  'NODE_CHANNEL_FD',
]);

/**
 * Checks the environment (default: this process's). Relative folders count from the working directory.
 *
 * @throws ConfigError naming each wrong variable and what is allowed.
 */
export function loadFaceWorkerConfig(env: Environment = process.env): FaceWorkerConfig {
  const settings = loadConfig(faceWorkerSettings, env);
  return {
    databaseUrl: settings.DATABASE_URL,
    storageRoot: resolve(settings.STORAGE_ROOT),
    modelPath: resolve(settings.MODEL_PATH),
    detector: settings.DETECTOR,
    embedder: settings.FACE_EMBEDDER,
    production: settings.NODE_ENV === 'production',
    embeddingDimension: settings.EMBEDDING_DIM,
    confidenceThreshold: settings.CONFIDENCE_THRESHOLD,
    indexPath: resolve(settings.FAISS_INDEX_PATH),
    idMapPath: resolve(settings.FAISS_ID_MAP_PATH ?? settings.FAISS_INDEX_PATH),
    galleryBytes: settings.GALLERY_MEMORY_MB * 1024 * 1024,
    children: settings.WORKER_PROCESSES === 0 ? availableParallelism() : settings.WORKER_PROCESSES,
    pipelineDeadlineMs: settings.PIPELINE_DEADLINE_MS,
    leaseSeconds: settings.CLAIM_LEASE_SECONDS,
    doorbell: settings.DOORBELL === 'on',
    metricsPort: settings.FACE_WORKER_METRICS_PORT,
    logLevel: settings.LOG_LEVEL,
    childEnvironment: Object.fromEntries(
      Object.entries(env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && !SECRETS.has(entry[0]),
      ),
    ),
  };
}
