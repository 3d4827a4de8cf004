import { Type } from '@sinclair/typebox';
import {
  Direction,
  FaceBox,
  LivenessVerdict,
  nullable,
  oneOf,
  strict,
  Timestamp,
  Uuid,
} from '../../schema/primitives.js';

const ReviewKind = oneOf(['uncertain', 'liveness', 'unknown']);

/** Everything the attendance of one sighting is made from, so that a replay needs nothing else. */
const sighting = {
  review_id: Uuid,
  recognized_face_id: Uuid,
  recognition_id: Uuid,
  source_id: Uuid,
  direction: Direction,
  captured_at: Timestamp,
  received_at: Timestamp,
  late_arrival: Type.Boolean(),
  similarity: nullable(Type.Number()),
  margin: nullable(Type.Number()),
  liveness_verdict: LivenessVerdict,
  liveness_score: nullable(Type.Number()),
  box: FaceBox,
  model_id: nullable(Type.String()),
  gallery_version: nullable(Type.Integer({ minimum: 0 })),
};

export const reviewConfirmedV1 = Type.Object(
  {
    kind: ReviewKind,
    user_id: Uuid,
    candidate_user_id: nullable(
      Type.String({ ...Uuid, description: 'Whom it was taken for; another than user_id when corrected.' }),
    ),
    ...sighting,
  },
  { ...strict, description: 'A person said who was seen: attendance at the time of the frame.' },
);

export const reviewRejectedV1 = Type.Object(
  {
    review_id: Uuid,
    recognized_face_id: Uuid,
    recognition_id: Uuid,
    kind: ReviewKind,
    user_id: nullable(Type.String({ ...Uuid, description: 'Who it is not; null of an unknown face.' })),
    remembered: Type.Boolean({ description: 'Whether faces like it are not offered as that person again.' }),
  },
  { ...strict, description: 'A person said that the sighting is no attendance.' },
);

export const reviewRejectionForgottenV1 = Type.Object(
  { review_id: Uuid, user_id: Uuid },
  { ...strict, description: 'A rejection was a mistake: faces like that one may be offered as the person again.' },
);

export const reviewViewedV1 = Type.Object(
  { review_id: Uuid, recognized_face_id: Uuid, user_id: nullable(Uuid) },
  { ...strict, description: 'Somebody looked at the face of a sighting that waits, or waited, for a person.' },
);

export const unknownFaceAssignedV1 = Type.Object(
  {
    unknown_face_id: nullable(Uuid),
    user_id: Uuid,
    face_ids: Type.Array(Uuid, { description: 'What was enrolled from the sightings.' }),
    model_id: nullable(Type.String()),
    gallery_version: nullable(
      Type.Integer({ minimum: 0, description: 'Version of the gallery after the change; null: nothing was enrolled.' }),
    ),
    sightings: Type.Array(Type.Object(sighting, strict), { minItems: 1, maxItems: 500 }),
  },
  { ...strict, description: 'A person said whose face was seen: it is enrolled, and its sightings become attendance.' },
);

export const unknownFaceDismissedV1 = Type.Object(
  { unknown_face_id: Uuid, review_ids: Type.Array(Uuid, { minItems: 1, maxItems: 500 }) },
  { ...strict, description: 'A person said that sightings of a stranger are no attendance.' },
);
