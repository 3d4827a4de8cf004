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

/** What was measured for the models in use, as their manifest says it: similarities of different models do not compare. */
export interface ModelThresholds {
  /** Cosine similarity from which a face is the person (1:N). */
  readonly match: number;
  /** From here up to `match` a person decides. */
  readonly review: number;
  /** Cosine similarity from which two photos are taken to show one person (1:1). */
  readonly samePerson: number;
  /** Score from which a face counts as live. */
  readonly live: number;
}

/** The thresholds of a manifest. */
export function thresholdsOf({ embedder, liveness }: Pick<Manifest, 'embedder' | 'liveness'>): ModelThresholds {
  const { match, review, same_person: samePerson = review } = embedder.thresholds;
  return { match, review, samePerson, live: liveness.thresholds.live };
}

/** The default policy with the thresholds of the models in use. */
export function policyOfModels(manifest: Pick<Manifest, 'embedder' | 'liveness'>): RecognitionPolicy {
  const { match, review, live } = thresholdsOf(manifest);
  return { ...defaultRecognitionPolicy, matchThreshold: match, reviewThreshold: review, livenessThreshold: live };
}

/** Stricter: what is enrolled is compared with for months, and whoever enrols can take another picture. */
export const defaultEnrolmentLimits: EnrolmentLimits = {
  quality: { minBlur: 30, minSize: 60, maxYaw: 40, maxPitch: 45, maxRoll: 45 },
  liveness: 'observe',
  livenessThreshold: 0.5,
};
