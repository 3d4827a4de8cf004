import type { EmbeddingModel, FrameAnalysis } from '../analysis.js';
import type { ModelThresholds } from '../policy.js';

export interface PipelineOptions {
  /** Folder with `manifest.json`'s prepared model files. */
  readonly modelPath: string;
  readonly detector: 'rfb' | 'haar';
  /** `random-dev` gives a face a random but repeatable vector; for development only. */
  readonly embedder?: 'model' | 'random-dev';
  /** True in production: `random-dev` is refused with `SYNTHETIC_REFUSED`. */
  readonly production?: boolean;
  /** False leaves the liveness model out: every verdict is then `unknown`. Default true. */
  readonly liveness?: boolean;
  /** Score from which the verdict is `live`. Default: the manifest's. */
  readonly livenessThreshold?: number;
}

export interface AnalyzeOptions {
  /** `single`: one pass, for kiosks and portraits. `group`: tiles as well, for many small faces. */
  readonly mode: 'single' | 'group';
  /** Width × height above which the image is refused before any pixel is decoded. */
  readonly maxPixels: number;
  /** False: liveness is not run on this image, and its verdicts are `unknown`. Default true. */
  readonly liveness?: boolean;
  /** Longer side of the evidence crop in pixels; default `EVIDENCE_CROP_SIZE`. 0 leaves the crop empty. */
  readonly cropSize?: number;
}

export interface Pipeline {
  readonly model: EmbeddingModel;
  readonly synthetic: boolean;
  /** Measured for the models in use, from the manifest. */
  readonly thresholds: ModelThresholds;
  /**
   * Finds, describes and embeds every face. Rejects with `RecognitionError`: `IMAGE_*` for input it refuses,
   * `INFERENCE_FAILED` for a native failure. An image without a face is no error. One call at a time a pipeline.
   */
  analyze(image: Uint8Array, options: AnalyzeOptions): Promise<FrameAnalysis>;
  /** Frees the sessions' native memory. */
  close(): Promise<void>;
}
