import { defaultSystemConfig, resolveSystemConfig, type SystemConfig } from '@rollcall/contracts';
import type { EnrolmentLimits, ModelThresholds, QualityLimits, RecognitionPolicy } from '@rollcall/recognition';

/** An organization's settings in the words of the recognition package. */
export interface OrganizationPolicy {
  readonly recognition: RecognitionPolicy;
  readonly enrolment: EnrolmentLimits;
  /** Cosine similarity from which two images of a registration are taken to show one person. */
  readonly samePersonThreshold: number;
  /** Cosine similarity from which two strangers count as one. */
  readonly groupingThreshold: number;
  /** Good images a registration needs, or nothing is kept. */
  readonly minGoodImages: number;
  /** Width × height above which an image is refused. */
  readonly maxPixels: number;
}

/** What holds where an organization has set nothing. */
export interface InstallationThresholds {
  /** Of the models in use. */
  readonly model: ModelThresholds;
  /** `CONFIDENCE_THRESHOLD`: a match threshold in place of the model's. */
  readonly confidence: number | undefined;
}

/** The same photo sent twice is not the same to the last bit of a similarity. */
const HIGHEST_GROUPING = 0.99;

/**
 * The policy in force. A threshold is the organization's; else `CONFIDENCE_THRESHOLD`, for a match; else that of the models
 * in use, since similarities of different models do not compare. Everything else is the organization's or the default.
 *
 * @param body `system_configs.body`: only what an admin has set, or null.
 */
export function organizationPolicy(body: unknown, installation: InstallationThresholds): OrganizationPolicy {
  const config = resolveSystemConfig(body, defaultsOf(installation));
  const { recognition, enrolment } = config;
  const matchThreshold = recognition.match_threshold;
  return {
    recognition: {
      matchThreshold,
      reviewThreshold: Math.min(recognition.review_threshold, matchThreshold),
      minMargin: recognition.min_margin,
      liveness: recognition.liveness,
      livenessThreshold: recognition.liveness_threshold,
      quality: qualityLimits(recognition.quality),
    },
    enrolment: {
      liveness: enrolment.liveness,
      livenessThreshold: enrolment.liveness_threshold,
      quality: qualityLimits(enrolment.quality),
    },
    samePersonThreshold: installation.model.samePerson,
    // Attendance will be given to all of a group at once, so it takes as much as a match with its margin at least.
    groupingThreshold: Math.min(
      Math.max(config.unknown_faces.grouping_threshold, matchThreshold + recognition.min_margin),
      HIGHEST_GROUPING,
    ),
    minGoodImages: enrolment.min_good_images,
    maxPixels: config.images.max_pixels,
  };
}

/** The defaults of `system_configs` with the thresholds of this installation. */
function defaultsOf({ model, confidence }: InstallationThresholds): SystemConfig {
  const { recognition, enrolment } = defaultSystemConfig;
  return {
    ...defaultSystemConfig,
    recognition: {
      ...recognition,
      match_threshold: confidence ?? model.match,
      review_threshold: model.review,
      liveness_threshold: model.live,
    },
    enrolment: { ...enrolment, liveness_threshold: model.live },
    unknown_faces: { grouping_threshold: model.match + recognition.min_margin },
  };
}

function qualityLimits(quality: SystemConfig['recognition']['quality']): QualityLimits {
  return {
    minBlur: quality.min_blur,
    minSize: quality.min_size,
    maxYaw: quality.max_yaw,
    maxPitch: quality.max_pitch,
    maxRoll: quality.max_roll,
  };
}
