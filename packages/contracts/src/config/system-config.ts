import { Type, type Static } from '@sinclair/typebox';
import { oneOf, strict } from '../schema/primitives.js';

const Ratio = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const Degrees = (description: string) => Type.Number({ minimum: 0, maximum: 90, description });

const Days = (description: string) => Type.Integer({ minimum: 1, maximum: 3_650, description });

const LivenessHandling = oneOf(['enforce', 'review', 'observe', 'off'], {
  description:
    'enforce rejects a spoof, review sends it to a person, observe only reports the score, off does not look.',
});

const QualityLimits = Type.Object(
  {
    min_blur: Type.Number({ minimum: 0, maximum: 10_000, description: 'Variance of the Laplacian, 112×112 face.' }),
    min_size: Type.Number({ minimum: 16, maximum: 2_000, description: 'Shorter side of the face box in pixels.' }),
    max_yaw: Degrees('Degrees the face may be turned to a side.'),
    max_pitch: Degrees('Degrees the face may look up or down.'),
    max_roll: Degrees('Degrees the head may be tilted.'),
  },
  strict,
);

/** What an admin may change while Rollcall runs; every field has a value (see `resolveSystemConfig`). */
export const SystemConfig = Type.Object(
  {
    recognition: Type.Object(
      {
        match_threshold: Ratio('Cosine similarity from which a face is the person (1:N).'),
        review_threshold: Ratio('From here up to match_threshold a person decides.'),
        min_margin: Ratio('Least distance between the best and the best other person.'),
        liveness: LivenessHandling,
        liveness_threshold: Ratio('Score from which a face counts as live.'),
        quality: QualityLimits,
      },
      strict,
    ),
    enrolment: Type.Object(
      {
        min_images: Type.Integer({ minimum: 1, maximum: 10 }),
        max_images: Type.Integer({ minimum: 1, maximum: 10 }),
        min_good_images: Type.Integer({ minimum: 1, maximum: 10, description: 'Fewer good ones: nothing is kept.' }),
        liveness: LivenessHandling,
        liveness_threshold: Ratio('Score from which a face counts as live.'),
        quality: QualityLimits,
      },
      strict,
    ),
    images: Type.Object(
      {
        max_bytes: Type.Integer({ minimum: 10_000, maximum: 20_000_000, description: 'Bytes of one image file.' }),
        max_pixels: Type.Integer({ minimum: 100_000, maximum: 100_000_000, description: 'Width × height.' }),
        min_side: Type.Integer({ minimum: 1, maximum: 2_000, description: 'Pixels of the shorter side.' }),
      },
      strict,
    ),
    capture: Type.Object(
      {
        max_clock_skew_seconds: Type.Integer({
          minimum: 0,
          maximum: 86_400,
          description: 'A frame taken further ahead of the server than this is refused.',
        }),
        late_arrival_after_seconds: Type.Integer({
          minimum: 1,
          maximum: 604_800,
          description: 'A frame that arrives longer than this after it was taken is marked late_arrival.',
        }),
      },
      strict,
    ),
    processing: Type.Object(
      {
        max_frame_age_minutes: Type.Integer({
          minimum: 1,
          maximum: 43_200,
          description: 'A frame that has waited longer than this since it arrived is not looked at: it expires.',
        }),
        max_gap_seconds: Type.Integer({
          minimum: 30,
          maximum: 604_800,
          description: 'Admins are told when something taken in waits longer than this for its decision or projection.',
        }),
      },
      strict,
    ),
    sources: Type.Object(
      { accept_unknown: Type.Boolean({ description: 'Whether a frame may name a camera that is not known yet.' }) },
      strict,
    ),
    reviews: Type.Object(
      { expire_after_days: Days('Days after which a review ends that nobody decided on; its embedding goes with it.') },
      strict,
    ),
    unknown_faces: Type.Object(
      {
        grouping_threshold: Ratio(
          'Cosine similarity from which two strangers count as one. Never less than match_threshold + min_margin is taken: a group is given to somebody as a whole.',
        ),
      },
      strict,
    ),
    retention: Type.Object(
      {
        frame_days: Days('Days a frame is kept after it was looked at. What was seen in it stays.'),
        crop_days: Days('Days the face crop behind attendance is kept. Score, camera and time stay.'),
        ended_review_crop_days: Days('Days the crop of a review is kept that was rejected or expired.'),
      },
      strict,
    ),
  },
  { ...strict, title: 'SystemConfig' },
);
export type SystemConfig = Static<typeof SystemConfig>;

type DeepPartial<T> = T extends object ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined } : T;

/** What is stored: only what an admin has set. */
export type SystemConfigOverrides = DeepPartial<SystemConfig>;

/**
 * Thresholds: measured on LFW and on a gallery of 520 people with 3,034 strangers (docs: recognition). 10 MB and 40
 * megapixels take any phone's photo.
 */
export const defaultSystemConfig: SystemConfig = {
  recognition: {
    match_threshold: 0.45,
    review_threshold: 0.4,
    min_margin: 0.05,
    liveness: 'review',
    liveness_threshold: 0.5,
    quality: { min_blur: 8, min_size: 24, max_yaw: 45, max_pitch: 50, max_roll: 60 },
  },
  enrolment: {
    min_images: 3,
    max_images: 5,
    min_good_images: 3,
    liveness: 'observe',
    liveness_threshold: 0.5,
    quality: { min_blur: 30, min_size: 60, max_yaw: 40, max_pitch: 45, max_roll: 45 },
  },
  images: { max_bytes: 10_000_000, max_pixels: 40_000_000, min_side: 48 },
  capture: { max_clock_skew_seconds: 120, late_arrival_after_seconds: 300 },
  processing: { max_frame_age_minutes: 10_080, max_gap_seconds: 900 },
  sources: { accept_unknown: true },
  reviews: { expire_after_days: 30 },
  unknown_faces: { grouping_threshold: 0.5 },
  retention: { frame_days: 30, crop_days: 365, ended_review_crop_days: 30 },
};
