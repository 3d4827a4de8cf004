import type { AnalyzedFace, EmbeddingModel, FrameAnalysis, Point } from '../analysis.js';
import { decodeImage } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import { alignFace } from './align-face.js';
import { cropEvidence, EVIDENCE_CROP_SIZE } from './crop-evidence.js';
import type { Detector } from './detector.js';
import type { EmbedFace } from './embed-face.js';
import { estimatePose } from './estimate-pose.js';
import { livenessNotRun, type JudgeLiveness } from './judge-liveness.js';
import type { LocateLandmarks } from './locate-landmarks.js';
import { measureBlur } from './measure-blur.js';
import type { AnalyzeOptions } from './pipeline.js';
import { Stopwatch } from './stopwatch.js';
import type { ScoredBox } from './suppress-overlaps.js';

/** What a frame goes through, each made once and used for every frame. */
export interface Stages {
  readonly model: EmbeddingModel;
  readonly synthetic: boolean;
  readonly detector: Detector;
  readonly locateLandmarks: LocateLandmarks;
  readonly aligned: { readonly width: number; readonly height: number; readonly template: Point[] };
  readonly embed: EmbedFace;
  /** Absent: liveness is not run. */
  readonly judgeLiveness?: JudgeLiveness;
}

/** Image bytes to described faces, the largest first. Frees every pixel it made, whatever happens. */
export async function analyzeFrame(stages: Stages, bytes: Uint8Array, options: AnalyzeOptions): Promise<FrameAnalysis> {
  const watch = new Stopwatch();
  const image = await watch.time('decode', () => decodeImage(bytes, options));
  try {
    const found = await watch.time('detect', () => stages.detector.detect(image, options.mode));
    const ordered = found.toSorted((a, b) => b.width * b.height - a.width * a.height);
    const faces: AnalyzedFace[] = [];
    for (const [index, box] of ordered.entries()) {
      faces.push(await describeFace(stages, image, box, index, watch, options));
    }
    return {
      width: image.width,
      height: image.height,
      faces,
      timings: watch.timings,
      model: stages.model,
      synthetic: stages.synthetic,
    };
  } finally {
    image.dispose();
  }
}

async function describeFace(
  stages: Stages,
  image: Image,
  found: ScoredBox,
  index: number,
  watch: Stopwatch,
  options: AnalyzeOptions,
): Promise<AnalyzedFace> {
  const { score, ...box } = found;
  const { aligned, judgeLiveness } = stages;
  const landmarks = await watch.time('landmarks', () => stages.locateLandmarks(image, box));
  const face = await watch.time('align', () => alignFace(image, landmarks, aligned.template, aligned));
  const quality = await watch.time('quality', () => ({
    blur: measureBlur(face, aligned.width, aligned.height),
    size: Math.min(box.width, box.height),
    ...estimatePose(landmarks),
  }));
  const embedding = await watch.time('embed', () => stages.embed(face));
  const liveness =
    judgeLiveness && options.liveness !== false
      ? await watch.time('liveness', () => judgeLiveness(image, box))
      : livenessNotRun;
  const crop = await watch.time('crop', () => cropEvidence(image, box, options.cropSize ?? EVIDENCE_CROP_SIZE));
  return { index, box, detectionScore: score, landmarks, quality, liveness, embedding, crop };
}
