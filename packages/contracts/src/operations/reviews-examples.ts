import type { AssignmentOut, ReviewOut, UnknownFaceOut } from '../http/reviews.js';
import { defaultExampleIds as ids } from './example-ids.js';

const review_id = '0198c0de-7a11-7c00-8000-0000000000d1';
const unknownReviewId = '0198c0de-7a11-7c00-8000-0000000000d2';
const unknown_face_id = '0198c0de-7a11-7c00-8000-0000000000d3';

const sighting = {
  created_at: '2025-03-03T08:59:12.500Z',
  captured_at: '2025-03-03T08:59:12.000Z',
  received_at: '2025-03-03T08:59:12.200Z',
  late_arrival: false,
  source: { id: ids.source, source_type: 'camera' as const, source_id: 'entrance-1', name: 'Front door' },
  recognition_id: ids.recognition,
  face_index: 0,
  box: { x: 412.5, y: 188.25, width: 160, height: 160 },
  quality: { blur: 212.4, size: 160, yaw: -4.1, pitch: 6.8, roll: 1.2 },
  liveness: { score: 0.97, verdict: 'live' as const },
  match_threshold: 0.45,
  model: 'fr_feature-87aacdfe',
  decision: null,
};

export const uncertainReview: ReviewOut = {
  ...sighting,
  review_id,
  kind: 'uncertain',
  status: 'open',
  reason: 'BELOW_MATCH_THRESHOLD',
  similarity: 0.42,
  margin: 0.2,
  candidates: [
    { user_id: ids.user, full_name: 'Ada Lovelace', employee_code: 'E-1001', similarity: 0.42, is_deleted: false },
    { user_id: ids.operator, full_name: 'Administrator', employee_code: null, similarity: 0.22, is_deleted: false },
  ],
  crop_url: `/v1/ops/reviews/${review_id}/crop`,
  unknown_face_id: null,
};

export const confirmedReview: ReviewOut = {
  ...uncertainReview,
  status: 'confirmed',
  decision: {
    user_id: ids.user,
    decided_by: ids.operator,
    decided_at: '2025-03-03T09:20:00.000Z',
    remembered: false,
  },
};

export const rejectedReview: ReviewOut = {
  ...uncertainReview,
  status: 'rejected',
  decision: {
    user_id: ids.user,
    decided_by: ids.operator,
    decided_at: '2025-03-03T09:20:00.000Z',
    remembered: true,
  },
};

export const unknownReview: ReviewOut = {
  ...sighting,
  review_id: unknownReviewId,
  kind: 'unknown',
  status: 'open',
  reason: 'BELOW_REVIEW_THRESHOLD',
  similarity: 0.11,
  margin: 0.02,
  candidates: [],
  crop_url: `/v1/ops/reviews/${unknownReviewId}/crop`,
  unknown_face_id,
};

export const unknownFace: UnknownFaceOut = {
  unknown_face_id,
  sighting_count: 14,
  first_seen_at: '2025-03-03T08:59:12.000Z',
  last_seen_at: '2025-03-03T17:02:41.000Z',
  best_review_id: unknownReviewId,
  crop_url: `/v1/ops/reviews/${unknownReviewId}/crop`,
  model: 'fr_feature-87aacdfe',
};

export const assignment: AssignmentOut = {
  user_id: ids.user,
  sightings: 14,
  remaining: 0,
  face_ids: [ids.face],
  gallery_version: 4,
};

export const dismissal = { unknown_face_id, sightings: 14, remaining: 0 };

export const forgottenReview: ReviewOut = {
  ...rejectedReview,
  decision: rejectedReview.decision && { ...rejectedReview.decision, remembered: false },
};
