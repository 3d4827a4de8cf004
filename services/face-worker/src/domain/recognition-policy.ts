import { resolveSystemConfig, type SystemConfig } from '@rollcall/contracts';
import type { EnrolmentLimits, QualityLimits, RecognitionPolicy } from '@rollcall/recognition';

/** An organization's settings in the words of the recognition package. */
export interface OrganizationPolicy {
  readonly recognition: RecognitionPolicy;
  readonly enrolment: EnrolmentLimits;
  /** Cosine similarity from which two strangers count as one. */
  readonly groupingThreshold: number;
  /** Good images a registration needs, or nothing is kept. */
  readonly minGoodImages: number;
  /** Width × height above which an image is refused. */
  readonly maxPixels: number;
}

/** The same photo sent twice is not the same to the last bit of a similarity. */
const HIGHEST_GROUPING = 0.99;

/**
 * @param body `system_configs.body`: only what an admin has set, or null.
 * @param confidenceThreshold the installation's match threshold, for organizations that have not set their own.
 */
export function organizationPolicy(body: unknown, confidenceThreshold: number | undefined): OrganizationPolicy {
  const config = resolveSystemConfig(body);
  const { recognition, enrolment } = config;
  const matchThreshold =
    confidenceThreshold === undefined || setsMatchThreshold(body) ? recognition.match_threshold : confidenceThreshold;
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
    // Attendance will be given to all of a group at once, so it takes as much as a match with its margin at least.
    groupingThreshold: Math.min(
      Math.max(config.unknown_faces.grouping_threshold, matchThreshold + recognition.min_margin),
      HIGHEST_GROUPING,
    ),
    minGoodImages: enrolment.min_good_images,
    maxPixels: config.images.max_pixels,
  };
}

function setsMatchThreshold(body: unknown): boolean {
  const recognition = (body as { readonly recognition?: { readonly match_threshold?: unknown } } | null)?.recognition;
  return recognition?.match_threshold !== undefined;
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
