import { Type } from '@sinclair/typebox';
import {
  AssignmentOut,
  ReviewAssign,
  ReviewConfirm,
  ReviewOut,
  ReviewParams,
  ReviewReject,
  ReviewsQuery,
  UnknownFaceAssign,
  UnknownFaceDismissed,
  UnknownFaceOut,
  UnknownFaceParams,
  UnknownFacesQuery,
} from '../http/reviews.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { declareOperations } from './operation.js';
import {
  assignment,
  confirmedReview,
  dismissal,
  rejectedReview,
  uncertainReview,
  unknownFace,
  unknownReview,
} from './reviews-examples.js';

const tag = 'Reviews';
const access = ['ADMIN', 'OPERATOR'] as const;
const decided = { errorData: { REVIEW_DECIDED: ReviewOut } };

export const reviewOperations = declareOperations({
  listReviews: {
    method: 'get',
    path: '/v1/ops/reviews',
    tag,
    summary: 'Sightings that wait for a person',
    access,
    query: ReviewsQuery,
    answers: [
      {
        status: 200,
        codes: ['REVIEWS_LISTED'],
        description: 'Sightings, newest first; the open ones unless `status` says otherwise.',
        data: Type.Array(ReviewOut),
        paging: 'list',
        example: [uncertainReview, unknownReview],
      },
    ],
  },
  getReview: {
    method: 'get',
    path: '/v1/ops/reviews/{review_id}',
    tag,
    summary: 'One sighting that waits, or waited, for a person',
    access,
    params: ReviewParams,
    answers: [{ status: 200, codes: ['REVIEW_FOUND'], description: 'It.', data: ReviewOut, example: uncertainReview }],
    errors: ['NOT_FOUND'],
  },
  getReviewCrop: {
    method: 'get',
    path: '/v1/ops/reviews/{review_id}/crop',
    tag,
    summary: 'The face of a sighting',
    description: 'Looking at it is written to the audit trail.',
    access,
    params: ReviewParams,
    answers: [{ status: 200, description: 'The crop.', contentType: 'image/jpeg' }],
    errors: ['NOT_FOUND', 'OBJECT_NOT_FOUND'],
  },
  confirmReview: {
    method: 'post',
    path: '/v1/ops/reviews/{review_id}/confirm',
    tag,
    summary: 'Say who it was',
    description:
      'The sighting becomes attendance at the time of the frame, as a match does. Without `user_id` it is the candidate; an unknown face needs one.',
    access,
    params: ReviewParams,
    headers: ['Idempotency-Key'],
    json: ReviewConfirm,
    jsonExample: { user_id: ids.user },
    answers: [
      {
        status: 200,
        codes: ['REVIEW_CONFIRMED'],
        description: 'Confirmed; the record follows within moments.',
        data: ReviewOut,
        headers: ['Idempotency-Replayed'],
        example: confirmedReview,
      },
    ],
    errors: ['NOT_FOUND', 'USER_NOT_FOUND', 'REVIEW_DECIDED'],
    ...decided,
  },
  rejectReview: {
    method: 'post',
    path: '/v1/ops/reviews/{review_id}/reject',
    tag,
    summary: 'Say that it was not the candidate',
    description: 'Remembered: faces like this one are not offered as the candidate again, from the next frame on.',
    access,
    params: ReviewParams,
    headers: ['Idempotency-Key'],
    json: ReviewReject,
    jsonExample: {},
    answers: [
      {
        status: 200,
        codes: ['REVIEW_REJECTED'],
        description: 'Rejected.',
        data: ReviewOut,
        headers: ['Idempotency-Replayed'],
        example: rejectedReview,
      },
    ],
    errors: ['NOT_FOUND', 'REVIEW_DECIDED'],
    ...decided,
  },
  assignReview: {
    method: 'post',
    path: '/v1/ops/reviews/{review_id}/assign',
    tag,
    summary: '"This is X": enrol a sighting and give its attendance back',
    description:
      'The face is enrolled as one of the person from this sighting, every worker knows it from the next frame on, and the sighting becomes attendance at ' +
      'the time of its frame.',
    access,
    params: ReviewParams,
    headers: ['Idempotency-Key'],
    json: ReviewAssign,
    jsonExample: { user_id: ids.user },
    answers: [
      {
        status: 200,
        codes: ['REVIEW_ASSIGNED'],
        description: 'Enrolled, and attendance.',
        data: AssignmentOut,
        headers: ['Idempotency-Replayed'],
        example: { ...assignment, sightings: 1 },
      },
    ],
    errors: ['NOT_FOUND', 'USER_NOT_FOUND', 'REVIEW_DECIDED', 'STORAGE_FULL'],
    ...decided,
  },
  listUnknownFaces: {
    method: 'get',
    path: '/v1/ops/unknown-faces',
    tag,
    summary: 'Unknown faces, look-alikes together',
    description: 'A sighting is put with its look-alikes a few seconds after it was seen.',
    access,
    query: UnknownFacesQuery,
    answers: [
      {
        status: 200,
        codes: ['UNKNOWN_FACES_LISTED'],
        description: 'The ones seen last first. Their sightings: GET /v1/ops/reviews?unknown_face_id=…',
        data: Type.Array(UnknownFaceOut),
        paging: 'list',
        example: [unknownFace],
      },
    ],
  },
  assignUnknownFace: {
    method: 'post',
    path: '/v1/ops/unknown-faces/{unknown_face_id}/assign',
    tag,
    summary: '"This is X": enrol an unknown face and give its attendance back',
    description:
      'The best sightings are enrolled as faces of the person, and all of them become attendance, each at the time of its frame: up to 500 a call, the ' +
      'oldest first.',
    access,
    params: UnknownFaceParams,
    headers: ['Idempotency-Key'],
    json: UnknownFaceAssign,
    jsonExample: { user_id: ids.user },
    answers: [
      {
        status: 200,
        codes: ['UNKNOWN_FACE_ASSIGNED'],
        description: 'Enrolled, and attendance.',
        data: AssignmentOut,
        headers: ['Idempotency-Replayed'],
        example: assignment,
      },
    ],
    errors: ['NOT_FOUND', 'USER_NOT_FOUND', 'STORAGE_FULL'],
  },
  rejectUnknownFace: {
    method: 'post',
    path: '/v1/ops/unknown-faces/{unknown_face_id}/reject',
    tag,
    summary: 'Put an unknown face aside',
    description: 'Its sightings are rejected, up to 500 a call, and their embeddings erased. Later ones wait again.',
    access,
    params: UnknownFaceParams,
    answers: [
      {
        status: 200,
        codes: ['UNKNOWN_FACE_REJECTED'],
        description: 'Rejected.',
        data: UnknownFaceDismissed,
        example: dismissal,
      },
    ],
    errors: ['NOT_FOUND'],
  },
});
