import type { Manifest } from './models/manifest.js';

/**
 * What a liveness verdict does to a face: `enforce` rejects a spoof, `review` sends it to a person,
 * `observe` only reports the score, `off` does not run the model.
 */
export type LivenessHandling = 'enforce' | 'review' | 'observe' | 'off';

export interface QualityLimits {
  /** Variance of the Laplacian below which a face is called blurred. */
  readonly minBlur: number;
  /** Pixels of the shorter side of the face box. */
  readonly minSize: number;
  /** Degrees, compared with the absolute value. */
  readonly maxYaw: number;
  readonly maxPitch: number;
  readonly maxRoll: number;
}

export interface RecognitionPolicy {
  /** Cosine similarity from which a face is the person (1:N). */
  readonly matchThreshold: number;
  /** From here up to `matchThreshold` a person decides. */
  readonly reviewThreshold: number;
  /** Least distance between the best and the best other person's similarity. */
  readonly minMargin: number;
  readonly liveness: LivenessHandling;
  /** Score from which a face counts as live. */
  readonly livenessThreshold: number;
  readonly quality: QualityLimits;
}

export interface EnrolmentLimits {
  readonly quality: QualityLimits;
  readonly liveness: LivenessHandling;
  readonly livenessThreshold: number;
}

/**
 * Measured on LFW's development folds, see docs/recognition.md: at 24 pixels 83 % of genuine faces still reach the match
 * threshold, at 20 only 62 %; at a blur of 8 about 80 %, at 4 fewer than half. The angles are estimates from five points
 * with an error of about 10 degrees, and similarity falls slowly with them, so they only keep out what is hopeless.
 */
export const defaultRecognitionPolicy: RecognitionPolicy = {
  matchThreshold: 0.45,
  reviewThreshold: 0.4,
  minMargin: 0.05,
  liveness: 'review',
  livenessThreshold: 0.5,
  quality: { minBlur: 8, minSize: 24, maxYaw: 45, maxPitch: 50, maxRoll: 60 },
};

/** The default policy with the thresholds of the models in use: similarities of different models do not compare. */
export function policyOfModels({ embedder, liveness }: Manifest): RecognitionPolicy {
  return {
    ...defaultRecognitionPolicy,
    matchThreshold: embedder.thresholds.match,
    reviewThreshold: embedder.thresholds.review,
    livenessThreshold: liveness.thresholds.live,
  };
}

/** Stricter: what is enrolled is compared with for months, and whoever enrols can take another picture. */
export const defaultEnrolmentLimits: EnrolmentLimits = {
  quality: { minBlur: 30, minSize: 60, maxYaw: 40, maxPitch: 45, maxRoll: 45 },
  liveness: 'observe',
  livenessThreshold: 0.5,
};
