import { Type, type Static } from '@sinclair/typebox';
import {
  CodeWord,
  FaceBox,
  LivenessVerdict,
  MatchOutcome,
  nullable,
  oneOf,
  SourceId,
  SourceType,
  strict,
  Timestamp,
  Uuid,
} from '../schema/primitives.js';

const frameFields = {
  source_type: SourceType,
  source_id: Type.String({
    ...SourceId,
    description: "Your own name for the camera or kiosk, such as 'entrance-1'.",
  }),
  timestamp: Type.String({ ...Timestamp, description: 'When the frame was taken, with offset.' }),
  mode: Type.Optional(
    oneOf(['single', 'group'], {
      description:
        "single: somebody at a door. group: many small faces, looked at more closely. Default: the source's.",
    }),
  ),
};

/** The text fields of a frame sent as multipart; the image is the file beside them. */
export const RecognizeFields = Type.Object(frameFields, { ...strict, title: 'RecognizeFields' });
export type RecognizeFields = Static<typeof RecognizeFields>;

/** A frame sent as JSON. */
export const RecognizeRequest = Type.Object(
  {
    ...frameFields,
    // Without a least length: counting the characters of a photo's text would cost more than decoding it.
    image: Type.String({ contentEncoding: 'base64', description: 'A JPEG, PNG or WebP file in base64.' }),
  },
  { ...strict, title: 'RecognizeRequest' },
);
export type RecognizeRequest = Static<typeof RecognizeRequest>;

export const FaceResult = Type.Object(
  {
    index: Type.Integer({ minimum: 0 }),
    box: FaceBox,
    detection_score: Type.Number(),
    quality: Type.Object(
      {
        blur: Type.Number({ description: 'Variance of the Laplacian: higher is sharper.' }),
        size: Type.Number({ description: 'Shorter side of the box in pixels.' }),
        yaw: Type.Number(),
        pitch: Type.Number(),
        roll: Type.Number(),
      },
      { additionalProperties: true },
    ),
    liveness: Type.Object({ score: nullable(Type.Number()), verdict: LivenessVerdict }, strict),
    decision: MatchOutcome,
    user_id: Type.Optional(Uuid),
    face_id: Type.Optional(Uuid),
    similarity: Type.Optional(Type.Number({ description: 'Cosine similarity to the best enrolled face.' })),
    margin: Type.Optional(Type.Number({ description: 'Distance to the best other person.' })),
    reason: Type.Optional(CodeWord),
  },
  { ...strict, title: 'FaceResult' },
);
export type FaceResult = Static<typeof FaceResult>;

export const RecognizeResponse = Type.Object(
  {
    recognition_id: Uuid,
    status: oneOf(['queued', 'processing', 'completed', 'expired', 'failed']),
    source_type: SourceType,
    source_id: Type.String(),
    captured_at: Timestamp,
    faces: Type.Array(FaceResult),
    model: nullable(Type.String()),
    gallery_version: nullable(Type.Integer()),
    synthetic: Type.Boolean({ description: 'From the development embedder: never becomes attendance.' }),
    reason: Type.Optional(CodeWord),
  },
  { ...strict, title: 'RecognizeResponse' },
);
export type RecognizeResponse = Static<typeof RecognizeResponse>;

export const RecognitionParams = Type.Object({ recognition_id: Uuid }, strict);
