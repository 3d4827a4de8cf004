import { Type, type Static } from '@sinclair/typebox';
import { CodeWord, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';

const UUID_TEXT = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** The text fields of the multipart body; the images are files beside them. */
export const RegisterRequest = Type.Object(
  {
    user_id: Uuid,
    image_ids: Type.Optional(
      Type.String({
        pattern: `^${UUID_TEXT}(,${UUID_TEXT}){0,9}$`,
        maxLength: 400,
        description: 'Uploaded images to enrol from, separated by commas: they come before those in the call.',
        examples: ['0198c0de-7a11-7c00-8000-000000000011'],
      }),
    ),
  },
  { ...strict, title: 'RegisterRequest' },
);
export type RegisterRequest = Static<typeof RegisterRequest>;

const Figures = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Figures of the enrolled face: blur, size, yaw, pitch, roll.',
});

export const RegisterResponse = Type.Object(
  {
    registration_id: Uuid,
    user_id: Uuid,
    status: oneOf(['queued', 'processing', 'completed', 'rejected', 'failed']),
    face_registered: Type.Boolean(),
    faces: Type.Array(
      Type.Object({ face_id: Uuid, image_index: Type.Integer({ minimum: 0 }), quality: Figures }, strict),
    ),
    rejected: Type.Array(
      Type.Object(
        {
          image_index: Type.Integer({ minimum: 0, description: 'Position of the image in the call, from 0.' }),
          code: CodeWord,
          message: Type.String(),
        },
        strict,
      ),
    ),
    reason: Type.Optional(CodeWord),
  },
  { ...strict, title: 'RegisterResponse' },
);
export type RegisterResponse = Static<typeof RegisterResponse>;

export const FaceOut = Type.Object(
  {
    face_id: Uuid,
    user_id: Uuid,
    model: Type.String(),
    quality: Figures,
    origin: oneOf(['registration', 'sighting'], {
      description: 'registration: from photos. sighting: from a frame, when somebody said whose face it was.',
    }),
    created_at: Timestamp,
  },
  { ...strict, title: 'FaceOut' },
);
export type FaceOut = Static<typeof FaceOut>;

export const FaceDeleted = Type.Object({ face_id: Uuid, user_id: Uuid }, { ...strict, title: 'FaceDeleted' });
export type FaceDeleted = Static<typeof FaceDeleted>;

export const FaceParams = Type.Object({ face_id: Uuid }, strict);
export const RegistrationParams = Type.Object({ registration_id: Uuid }, strict);
