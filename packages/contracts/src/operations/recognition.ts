import { RecognitionParams, RecognizeFields, RecognizeRequest, RecognizeResponse } from '../http/recognition.js';
import { recognitionCompleted, recognitionQueued } from './examples.js';
import { declareOperations } from './operation.js';

const terminal = ['RECOGNITION_COMPLETED', 'RECOGNITION_EXPIRED', 'RECOGNITION_FAILED'] as const;

export const recognitionOperations = declareOperations({
  recognizeFaces: {
    method: 'post',
    path: '/faces/recognize',
    tag: 'Recognition',
    summary: 'Send a frame',
    description:
      'As multipart with the bytes, or as JSON with base64 (a third more bytes and work). Answers 202 at once; with `Prefer: wait=N` it waits for the result.',
    access: ['ADMIN', 'OPERATOR', 'DEVICE'],
    deviceScopes: ['recognize', 'recognize_any_source'],
    headers: ['Idempotency-Key', 'Prefer'],
    json: RecognizeRequest,
    jsonExample: {
      source_type: 'camera',
      source_id: 'entrance-1',
      timestamp: '2025-03-03T08:59:12.000Z',
      image: '/9j/4AAQSkZJRgABAQAAAQABAAD/2w==',
    },
    multipart: {
      fields: RecognizeFields,
      files: [{ field: 'image', many: false, description: 'A JPEG, PNG or WebP file.' }],
    },
    answers: [
      {
        status: 202,
        codes: ['RECOGNITION_ACCEPTED'],
        description: 'Stored and queued: ask at Location.',
        data: RecognizeResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed', 'Retry-After'],
        example: recognitionQueued,
      },
      {
        status: 200,
        codes: terminal,
        description: 'The result, when it came while waiting or was there already.',
        data: RecognizeResponse,
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed'],
        example: recognitionCompleted,
      },
    ],
    errors: [
      'NOT_AN_IMAGE',
      'IMAGE_UNSUPPORTED',
      'IMAGE_TRUNCATED',
      'TOO_MANY_PIXELS',
      'WRONG_IMAGE_COUNT',
      'CAPTURED_IN_FUTURE',
      'NOT_FOUND',
      'CONFLICT',
      'STORAGE_FULL',
    ],
    audit: {
      people: 'frame.submitted',
      devices:
        'A frame has rows of its own, and a busy door would bury the lines one looks for; what it changes is in the trail.',
    },
  },
  getRecognition: {
    method: 'get',
    path: '/faces/recognitions/{recognition_id}',
    tag: 'Recognition',
    summary: 'State and result of a frame',
    access: ['ADMIN', 'OPERATOR', 'DEVICE'],
    deviceScopes: ['recognize', 'recognize_any_source'],
    params: RecognitionParams,
    answers: [
      {
        status: 200,
        codes: ['RECOGNITION_FOUND'],
        description: 'Its present state.',
        data: RecognizeResponse,
        example: recognitionCompleted,
      },
    ],
    errors: ['NOT_FOUND'],
  },
});
