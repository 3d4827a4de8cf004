/** A position in pixels of the upright photo (EXIF orientation applied), origin top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in pixels of the upright photo; may reach past the photo's edge by a fraction of the face. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Left eye, right eye, nose tip, left and right mouth corner, left and right as the viewer sees them. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

export interface FaceQuality {
  /** Variance of the Laplacian on the aligned 112×112 face in grey; higher is sharper. */
  readonly blur: number;
  /** Shorter side of the face box in pixels of the photo. */
  readonly size: number;
  /** Estimated from the five points, degrees. Positive yaw: the nose points to the viewer's right. */
  readonly yaw: number;
  /** Degrees; positive: the face looks down. */
  readonly pitch: number;
  /** Degrees the head is tilted in the picture, clockwise positive. */
  readonly roll: number;
}

export type LivenessVerdict = 'live' | 'spoof' | 'unknown';

export interface FaceLiveness {
  /** Probability of a live face, 0..1; 0 with verdict `unknown` when liveness was not run. */
  readonly score: number;
  /** By the model's own threshold; what an organization makes of the score is `livenessVerdict`. */
  readonly verdict: LivenessVerdict;
}

export interface AnalyzedFace {
  /** Position in `FrameAnalysis.faces`, largest face first. */
  readonly index: number;
  readonly box: Box;
  /** The detector's own confidence, 0..1. */
  readonly detectionScore: number;
  readonly landmarks: FivePoints;
  readonly quality: FaceQuality;
  readonly liveness: FaceLiveness;
  /** `dim` numbers of unit length: the dot product of two is their cosine similarity. */
  readonly embedding: Float32Array;
  /** The face with a margin as a JPEG: the evidence kept with a sighting. */
  readonly crop: Uint8Array;
}

export type PipelineStage = 'decode' | 'detect' | 'landmarks' | 'align' | 'quality' | 'embed' | 'liveness' | 'crop';

export interface EmbeddingModel {
  /** Name and prepared checksum; embeddings with different ids never meet in one gallery. */
  readonly id: string;
  readonly dim: number;
  readonly detector: string;
}

export interface FrameAnalysis {
  /** Pixels of the upright photo. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly AnalyzedFace[];
  /** Milliseconds spent in each stage, summed over the faces. */
  readonly timings: Readonly<Record<PipelineStage, number>>;
  readonly model: EmbeddingModel;
  /** True when the embeddings come from `random-dev`: nothing may be recorded from them. */
  readonly synthetic: boolean;
}
