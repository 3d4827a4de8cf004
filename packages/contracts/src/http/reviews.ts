import { Type, type Static } from '@sinclair/typebox';
import {
  CodeWord,
  FaceBox,
  LivenessVerdict,
  nullable,
  oneOf,
  SourceType,
  strict,
  Timestamp,
  Uuid,
} from '../schema/primitives.js';
import { pageQuery } from './paging.js';

const Similarity = Type.Number({ description: 'Cosine similarity, −1..1.' });

/** Somebody the face may be. */
export const ReviewCandidate = Type.Object(
  {
    user_id: Uuid,
    full_name: Type.String(),
    employee_code: nullable(Type.String()),
    similarity: nullable(Similarity),
    is_deleted: Type.Boolean({ description: 'Deleted meanwhile: the sighting cannot be given to this person.' }),
  },
  { ...strict, title: 'ReviewCandidate' },
);
export type ReviewCandidate = Static<typeof ReviewCandidate>;

export const reviewStatuses = ['open', 'confirmed', 'rejected', 'expired'] as const;
const ReviewStatus = oneOf(reviewStatuses, {
  description:
    'open: waits for a person. confirmed: became attendance. rejected: did not. expired: nobody decided in time.',
});

const ReviewSource = Type.Object(
  { id: Uuid, source_type: SourceType, source_id: Type.String(), name: nullable(Type.String()) },
  strict,
);

/** A sighting that a person is to decide on, or has decided on. */
export const ReviewOut = Type.Object(
  {
    review_id: Uuid,
    kind: oneOf(['uncertain', 'liveness', 'unknown'], {
      description:
        'uncertain: somebody like it is enrolled, but not like enough. liveness: somebody it is, or a picture of them. unknown: nobody enrolled.',
    }),
    status: ReviewStatus,
    created_at: Timestamp,
    captured_at: Type.String({ ...Timestamp, description: 'When the frame was taken.' }),
    received_at: Timestamp,
    late_arrival: Type.Boolean(),
    source: ReviewSource,
    recognition_id: Uuid,
    face_index: Type.Integer({ minimum: 0, description: 'Which face of the frame.' }),
    box: FaceBox,
    quality: Type.Record(Type.String(), Type.Unknown(), { description: 'blur, size, yaw, pitch, roll.' }),
    liveness: Type.Object({ score: nullable(Type.Number()), verdict: LivenessVerdict }, strict),
    reason: nullable(CodeWord),
    similarity: nullable(Type.Number({ description: 'To the best enrolled face, whoever it belongs to.' })),
    margin: nullable(Type.Number({ description: 'Distance to the best other person.' })),
    match_threshold: nullable(Type.Number({ description: 'From here on it would have been a match.' })),
    candidates: Type.Array(ReviewCandidate, {
      description: 'The best and the next best person; none of an unknown face.',
      maxItems: 2,
    }),
    model: nullable(Type.String()),
    crop_url: nullable(Type.String({ description: 'Where the face is to be seen, as long as it is kept.' })),
    unknown_face_id: nullable(
      Type.String({ ...Uuid, description: 'Of an unknown face: the look-alikes it is one of.' }),
    ),
    decision: nullable(
      Type.Object(
        {
          user_id: nullable(
            Type.String({ ...Uuid, description: 'Whose attendance it became; of a rejection: who it is not.' }),
          ),
          decided_by: nullable(Uuid),
          decided_at: Timestamp,
          remembered: Type.Boolean({ description: 'Of a rejection: faces like this one are not offered as user_id.' }),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'ReviewOut' },
);
export type ReviewOut = Static<typeof ReviewOut>;

export const ReviewParams = Type.Object({ review_id: Uuid }, strict);

export const ReviewsQuery = Type.Object(
  {
    status: Type.Optional(oneOf(reviewStatuses, { default: 'open' })),
    kind: Type.Optional(oneOf(['review', 'unknown'], { description: 'review: with a candidate. unknown: without.' })),
    source_id: Type.Optional(Type.String({ ...Uuid, description: "The source's id, not your own name for it." })),
    from: Type.Optional(Type.String({ ...Timestamp, description: 'Frames taken at this moment or later.' })),
    to: Type.Optional(Type.String({ ...Timestamp, description: 'Frames taken before this moment.' })),
    unknown_face_id: Type.Optional(Type.String({ ...Uuid, description: 'The sightings of one group of look-alikes.' })),
    ...pageQuery,
  },
  strict,
);
export type ReviewsQuery = Static<typeof ReviewsQuery>;

export const ReviewConfirm = Type.Object(
  {
    user_id: Type.Optional(Type.String({ ...Uuid, description: 'Who it is; the candidate when not given.' })),
  },
  { ...strict, title: 'ReviewConfirm' },
);
export type ReviewConfirm = Static<typeof ReviewConfirm>;

export const ReviewReject = Type.Object(
  {
    remember: Type.Optional(
      Type.Boolean({
        description:
          'Whether faces like this one are not to be offered as the candidate again. Default: yes, but of a doubt about liveness no, ' +
          'as the picture may well show that person.',
      }),
    ),
  },
  { ...strict, title: 'ReviewReject' },
);
export type ReviewReject = Static<typeof ReviewReject>;

const assignFields = {
  user_id: Uuid,
  enrol: Type.Optional(
    Type.Boolean({ default: true, description: 'false: attendance only, nothing of the sightings is enrolled.' }),
  ),
};

export const ReviewAssign = Type.Object(assignFields, { ...strict, title: 'ReviewAssign' });
export type ReviewAssign = Static<typeof ReviewAssign>;

/** Sightings that one call decides on at most. */
export const MAX_SIGHTINGS_A_CALL = 500;

export const UnknownFaceAssign = Type.Object(
  {
    ...assignFields,
    review_ids: Type.Optional(
      Type.Array(Uuid, {
        minItems: 1,
        maxItems: MAX_SIGHTINGS_A_CALL,
        uniqueItems: true,
        description: 'Only these sightings of the group; all when not given.',
      }),
    ),
  },
  { ...strict, title: 'UnknownFaceAssign' },
);
export type UnknownFaceAssign = Static<typeof UnknownFaceAssign>;

/** What an assignment came to. */
export const AssignmentOut = Type.Object(
  {
    user_id: Uuid,
    sightings: Type.Integer({ minimum: 0, description: 'Sightings given to the person.' }),
    remaining: Type.Integer({
      minimum: 0,
      description: 'Sightings of the group still open: of more than 500, or of those not named; call again.',
    }),
    face_ids: Type.Array(Uuid, { description: 'What was enrolled.' }),
    gallery_version: nullable(Type.Integer({ minimum: 0 })),
  },
  { ...strict, title: 'AssignmentOut' },
);
export type AssignmentOut = Static<typeof AssignmentOut>;

/** Sightings that look like one person nobody knows. */
export const UnknownFaceOut = Type.Object(
  {
    unknown_face_id: Uuid,
    sighting_count: Type.Integer({ minimum: 1 }),
    first_seen_at: Timestamp,
    last_seen_at: Timestamp,
    best_review_id: Type.String({ ...Uuid, description: 'The sighting that shows the face best.' }),
    crop_url: nullable(Type.String({ description: 'Where that face is to be seen, as long as it is kept.' })),
    model: Type.String(),
  },
  { ...strict, title: 'UnknownFaceOut' },
);
export type UnknownFaceOut = Static<typeof UnknownFaceOut>;

export const UnknownFaceParams = Type.Object({ unknown_face_id: Uuid }, strict);
export const UnknownFacesQuery = Type.Object(pageQuery, strict);

export const UnknownFaceDismissed = Type.Object(
  {
    unknown_face_id: Uuid,
    sightings: Type.Integer({ minimum: 0, description: 'Sightings rejected.' }),
    remaining: Type.Integer({ minimum: 0, description: 'Sightings of the group still open: call again.' }),
  },
  { ...strict, title: 'UnknownFaceDismissed' },
);
export type UnknownFaceDismissed = Static<typeof UnknownFaceDismissed>;
