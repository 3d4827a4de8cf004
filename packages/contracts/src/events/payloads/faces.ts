import { Type } from '@sinclair/typebox';
import { CodeWord, strict, Uuid } from '../../schema/primitives.js';

const GalleryVersion = Type.Integer({ minimum: 0, description: 'Version of the gallery after the change.' });

export const registrationRequestedV1 = Type.Object(
  { registration_id: Uuid, user_id: Uuid, image_count: Type.Integer({ minimum: 1 }) },
  { ...strict, description: 'Images to enrol a person from have arrived.' },
);

export const registrationRejectedV1 = Type.Object(
  { registration_id: Uuid, user_id: Uuid, reasons: Type.Array(CodeWord) },
  { ...strict, description: 'Too few of the images were good: nothing was kept.' },
);

export const registrationFailedV1 = Type.Object(
  { registration_id: Uuid, user_id: Uuid, reason: CodeWord },
  { ...strict, description: 'The images could not be processed: nothing was kept.' },
);

export const faceRegisteredV1 = Type.Object(
  {
    registration_id: Uuid,
    user_id: Uuid,
    face_ids: Type.Array(Uuid, { minItems: 1 }),
    model_id: Type.String(),
    gallery_version: GalleryVersion,
  },
  { ...strict, description: 'A person was enrolled: from here on frames can match.' },
);

export const faceDeletedV1 = Type.Object(
  { face_id: Uuid, user_id: Uuid, model_id: Type.String(), gallery_version: GalleryVersion },
  { ...strict, description: 'An enrolled face was erased: from here on nothing can match it.' },
);
