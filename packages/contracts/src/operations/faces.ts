import { FaceDeleted, FaceParams, RegisterRequest, RegisterResponse, RegistrationParams } from '../http/faces.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { registrationCompleted, registrationQueued } from './examples.js';
import { declareOperations } from './operation.js';

export const faceOperations = declareOperations({
  registerFaces: {
    method: 'post',
    path: '/faces/register',
    tag: 'Faces',
    summary: 'Enrol a person from 3 to 5 photos',
    description:
      'Each photo shows one face. An unfit photo is rejected with its reason and the others count; with fewer than 3 good ones nothing is kept. ' +
      'Waits 10 s for the result unless `Prefer: wait=N` says otherwise.',
    access: ['ADMIN', 'OPERATOR'],
    headers: ['Idempotency-Key', 'Prefer'],
    multipart: {
      fields: RegisterRequest,
      files: [
        {
          field: 'images',
          many: true,
          optional: true,
          description: 'JPEG, PNG or WebP files (the field may be called images[]).',
        },
      ],
    },
    answers: [
      {
        status: 201,
        codes: ['FACE_REGISTERED'],
        description: 'Enrolled: the next frame can match.',
        data: RegisterResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed'],
        example: registrationCompleted,
      },
      {
        status: 202,
        codes: ['REGISTRATION_ACCEPTED'],
        description: 'Not decided yet: ask at Location.',
        data: RegisterResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed', 'Retry-After'],
        example: registrationQueued,
      },
    ],
    errors: [
      'USER_NOT_FOUND',
      'NOT_FOUND',
      'WRONG_IMAGE_COUNT',
      'TOO_FEW_GOOD_IMAGES',
      'NOT_AN_IMAGE',
      'IMAGE_UNSUPPORTED',
      'IMAGE_TRUNCATED',
      'TOO_MANY_PIXELS',
      'STORAGE_FULL',
    ],
    errorData: { TOO_FEW_GOOD_IMAGES: RegisterResponse },
    audit: 'registration.requested',
  },
  getRegistration: {
    method: 'get',
    path: '/faces/registrations/{registration_id}',
    tag: 'Faces',
    summary: 'State and result of an enrolment',
    access: ['ADMIN', 'OPERATOR'],
    params: RegistrationParams,
    answers: [
      {
        status: 200,
        codes: ['REGISTRATION_FOUND'],
        description: 'Its present state.',
        data: RegisterResponse,
        example: registrationCompleted,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  deleteFace: {
    method: 'delete',
    path: '/faces/{face_id}',
    tag: 'Faces',
    summary: 'Erase an enrolled face',
    description: 'Embedding and photo are gone and no frame can match it any more, not even one already on its way.',
    access: ['ADMIN', 'OPERATOR'],
    params: FaceParams,
    answers: [
      {
        status: 200,
        codes: ['FACE_DELETED'],
        description: 'Erased.',
        data: FaceDeleted,
        example: { face_id: ids.face, user_id: ids.user },
      },
    ],
    errors: ['NOT_FOUND'],
    audit: 'face.deleted',
  },
});
