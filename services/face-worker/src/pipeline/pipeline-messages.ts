import type { EmbeddingModel, FrameAnalysis, ModelThresholds, PipelineOptions } from '@rollcall/recognition';

/** What a child is told once, as JSON in its first argument: nothing secret, `ps` shows it. */
export interface ChildSettings {
  readonly storageRoot: string;
  readonly pipeline: PipelineOptions;
}

/** One image to look at. The child reads it by its key: bytes would be copied twice on their way. */
export interface AnalyzeTask {
  readonly kind: 'analyze';
  readonly imageKey: string;
  readonly mode: 'single' | 'group';
  /** Width × height above which the image is refused. */
  readonly maxPixels: number;
  /** Whether the liveness model looks at the faces; when not, their verdict is `unknown`. */
  readonly liveness: boolean;
  /** Longer side of the evidence crop in pixels; 0: no crops. */
  readonly cropSize: number;
}

/** Loads the models, if that has not happened yet, and says which. */
export interface DescribeTask {
  readonly kind: 'describe';
}

export type ChildTask = AnalyzeTask | DescribeTask;

/** Why there is no analysis; plain data, since a class does not survive the way out of a process. */
export interface PipelineFailure {
  /** A code of the recognition package, `IMAGE_MISSING`, `PIPELINE_CRASHED` or `PIPELINE_DEADLINE`. */
  readonly code: string;
  /**
   * `image`: the same image will fail again. `installation`: every image will. `process`: the child died or had to be
   * killed, perhaps because of this image. `storage`: the image could not be read.
   */
  readonly about: 'image' | 'installation' | 'process' | 'storage';
  readonly message: string;
}

export interface PipelineDescription {
  readonly model: EmbeddingModel;
  readonly synthetic: boolean;
  /** Of the manifest: what holds for organizations that have set nothing. */
  readonly thresholds: ModelThresholds;
}

export type ChildAnswer =
  | { readonly kind: 'analysis'; readonly analysis: FrameAnalysis; readonly busyMs: number }
  | { readonly kind: 'description'; readonly description: PipelineDescription }
  | { readonly kind: 'failure'; readonly failure: PipelineFailure };
