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

export const defaultRecognitionPolicy: RecognitionPolicy = {
  matchThreshold: 0.45,
  reviewThreshold: 0.35,
  minMargin: 0.1,
  liveness: 'observe',
  livenessThreshold: 0.5,
  quality: { minBlur: 30, minSize: 32, maxYaw: 45, maxPitch: 40, maxRoll: 45 },
};

export const defaultEnrolmentLimits: EnrolmentLimits = {
  quality: { minBlur: 60, minSize: 60, maxYaw: 30, maxPitch: 30, maxRoll: 30 },
  liveness: 'observe',
  livenessThreshold: 0.5,
};
