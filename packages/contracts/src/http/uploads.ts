import { Type, type Static } from '@sinclair/typebox';
import { CodeWord, FaceBox, LivenessVerdict, nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { FaceResult } from './recognition.js';

export const UploadImageFields = Type.Object({}, { ...strict, title: 'UploadImageFields' });

/** What the pipeline made of an image: whether a person could be enrolled from it, and if not, the first reason. */
export const ImageVerdict = Type.Object(
  {
    fit: Type.Boolean({ description: 'Whether a person can be enrolled from this image.' }),
    code: nullable(CodeWord),
    message: nullable(Type.String({ description: 'What to do about it.' })),
    face_count: Type.Integer({ minimum: 0 }),
    faces: Type.Array(
      Type.Object(
        {
          box: FaceBox,
          detection_score: Type.Number(),
          quality: FaceResult.properties.quality,
          liveness: Type.Object({ score: nullable(Type.Number()), verdict: LivenessVerdict }, strict),
        },
        strict,
      ),
      { maxItems: 20, description: 'The faces that were found, 20 at most.' },
    ),
  },
  { ...strict, title: 'ImageVerdict' },
);
export type ImageVerdict = Static<typeof ImageVerdict>;

export const ImageUploadResponse = Type.Object(
  {
    image_id: Uuid,
    status: oneOf(['queued', 'processing', 'completed', 'failed']),
    verdict: nullable(ImageVerdict),
    reason: Type.Optional(CodeWord),
    content_type: Type.String(),
    byte_size: Type.Integer({ minimum: 1 }),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    uploaded_at: Timestamp,
    expires_at: Type.String({ ...Timestamp, description: 'When the image is deleted unless it was used.' }),
  },
  { ...strict, title: 'ImageUploadResponse' },
);
export type ImageUploadResponse = Static<typeof ImageUploadResponse>;

export const UploadedImageParams = Type.Object({ image_id: Uuid }, strict);
