import { openCv } from '../image/opencv.js';
import { loadManifest, type Manifest, type ModelEntry } from '../models/manifest.js';
import { readModelFile } from '../models/model-file.js';
import { thresholdsOf } from '../policy.js';
import { RecognitionError } from '../recognition-error.js';
import { openSession, type OnnxSession } from '../sessions/onnx-session.js';
import { analyzeFrame, type Stages } from './analyze-frame.js';
import { haarDetector } from './detect-haar.js';
import { rfbDetector } from './detect-rfb.js';
import type { Detector } from './detector.js';
import { faceEmbedder } from './embed-face.js';
import { randomEmbedder } from './embed-random.js';
import { livenessJudge } from './judge-liveness.js';
import { landmarkLocator } from './locate-landmarks.js';
import type { Pipeline, PipelineOptions } from './pipeline.js';

/**
 * Reads, checks and loads the models and returns the way from image bytes to faces. No model, no guess: throws
 * `MODEL_MISSING` or `MODEL_DAMAGED` naming the file and the command that fetches it, `MODEL_UNSUPPORTED` for a
 * manifest that describes what is not built yet, `SYNTHETIC_REFUSED` for `random-dev` in production.
 */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const synthetic = options.embedder === 'random-dev';
  if (synthetic && options.production) {
    throw new RecognitionError('SYNTHETIC_REFUSED', 'the random-dev embedder is refused in production');
  }
  // Now rather than with the first frame: a missing build stops the start, and the first frame is not slow.
  openCv();
  const manifest = await loadManifest(options.modelPath);
  const opened: OnnxSession[] = [];
  const open = async (entry: ModelEntry): Promise<OnnxSession> => {
    const bytes = await readModelFile(options.modelPath, entry);
    const session = await openSession(bytes, entry.name);
    opened.push(session);
    return session;
  };
  const release = async () => {
    await Promise.all(opened.splice(0).map((session) => session.release()));
  };
  try {
    const stages = await buildStages(manifest, options, open);
    return {
      model: stages.model,
      synthetic,
      thresholds: thresholdsOf(manifest),
      analyze: (image, how) => analyzeFrame(stages, image, how),
      close: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function buildStages(
  manifest: Manifest,
  options: PipelineOptions,
  open: (entry: ModelEntry) => Promise<OnnxSession>,
): Promise<Stages> {
  const { embedder, landmarks, liveness } = manifest;
  const synthetic = options.embedder === 'random-dev';
  const detector = await openDetector(manifest, options, open);
  const threshold = options.livenessThreshold ?? liveness.thresholds.live;
  return {
    model: {
      id: synthetic ? 'random-dev' : `${embedder.name}-${embedder.sha256.slice(0, 12)}`,
      dim: embedder.dim,
      detector: detector.name,
    },
    synthetic,
    detector,
    locateLandmarks: landmarkLocator(await open(landmarks), landmarks),
    aligned: {
      width: embedder.input.width,
      height: embedder.input.height,
      template: embedder.template.map(([x = 0, y = 0]) => ({ x, y })),
    },
    embed: synthetic ? randomEmbedder(embedder.dim) : faceEmbedder(await open(embedder), embedder),
    ...(options.liveness !== false && {
      judgeLiveness: livenessJudge(await open(liveness), liveness, threshold),
    }),
  };
}

async function openDetector(
  { detector }: Manifest,
  options: PipelineOptions,
  open: (entry: ModelEntry) => Promise<OnnxSession>,
): Promise<Detector> {
  if (options.detector === 'haar') return haarDetector();
  if (detector.decoder !== 'rfb-decoded') {
    throw new RecognitionError(
      'MODEL_UNSUPPORTED',
      `${detector.name}: the decoder ${detector.decoder} is not built yet`,
    );
  }
  return rfbDetector(await open(detector), detector);
}
