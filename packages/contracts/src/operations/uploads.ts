import { ImageUploadResponse, UploadedImageParams, UploadImageFields } from '../http/uploads.js';
import { declareOperations } from './operation.js';
import { imageUploaded } from './people-examples.js';

export const uploadOperations = declareOperations({
  uploadImage: {
    method: 'post',
    path: '/v1/ops/upload-image',
    tag: 'Faces',
    summary: 'Upload one image and hear whether it is fit to enrol from',
    description:
      'The verdict is that of the pipeline that enrols. Waits 10 s for it unless `Prefer: wait=N` says otherwise. ' +
      'An image that is not used is deleted 24 hours later.',
    access: ['ADMIN', 'OPERATOR'],
    headers: ['Idempotency-Key', 'Prefer'],
    multipart: {
      fields: UploadImageFields,
      files: [{ field: 'image', many: false, description: 'A JPEG, PNG or WebP file.' }],
    },
    answers: [
      {
        status: 201,
        codes: ['IMAGE_UPLOADED'],
        description: 'Stored, with its verdict.',
        data: ImageUploadResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed'],
        example: imageUploaded,
      },
      {
        status: 202,
        codes: ['IMAGE_ACCEPTED'],
        description: 'Stored, not judged yet: ask at Location.',
        data: ImageUploadResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed', 'Retry-After'],
        example: { ...imageUploaded, status: 'queued', verdict: null },
      },
    ],
    errors: [
      'NOT_FOUND',
      'WRONG_IMAGE_COUNT',
      'NOT_AN_IMAGE',
      'IMAGE_UNSUPPORTED',
      'IMAGE_TRUNCATED',
      'TOO_MANY_PIXELS',
      'STORAGE_FULL',
    ],
    audit: 'image.uploaded',
  },
  getUploadedImage: {
    method: 'get',
    path: '/v1/ops/upload-image/{image_id}',
    tag: 'Faces',
    summary: 'State and verdict of an uploaded image',
    access: ['ADMIN', 'OPERATOR'],
    params: UploadedImageParams,
    answers: [
      {
        status: 200,
        codes: ['IMAGE_FOUND'],
        description: 'Its present state.',
        data: ImageUploadResponse,
        example: imageUploaded,
      },
    ],
    errors: ['NOT_FOUND'],
  },
});
