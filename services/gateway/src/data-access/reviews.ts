import type { ReviewCandidate, ReviewOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface ReviewFilter {
  readonly status: ReviewOut['status'];
  /** `review`: with a candidate. */
  readonly kind: 'review' | 'unknown' | null;
  readonly sourceId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly unknownFaceId: string | null;
  /** Id of the last review of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Sightings that wait, or waited, for a person, newest first: their ids are in the order of their making. */
export async function listReviews(client: ClientBase, filter: ReviewFilter): Promise<ReviewOut[]> {
  const { rows } = await client.query<ReviewRow>({
    name: 'list-reviews',
    text: `select ${REVIEW_COLUMNS}
           where r.status = $1
             and ($2::text is null or (r.kind = 'unknown') = ($2 = 'unknown'))
             and ($3::uuid is null or q.source_id = $3)
             and ($4::timestamptz is null or q.captured_at >= $4)
             and ($5::timestamptz is null or q.captured_at < $5)
             and ($6::uuid is null or r.unknown_face_id = $6)
             and ($7::uuid is null or r.id < $7)
           order by r.id desc limit $8`,
    values: [
      filter.status,
      filter.kind,
      filter.sourceId,
      filter.from,
      filter.to,
      filter.unknownFaceId,
      filter.before,
      filter.limit,
    ],
  });
  return rows.map(toReviewOut);
}

export async function loadReview(client: ClientBase, reviewId: string): Promise<ReviewOut | undefined> {
  const text = `select ${REVIEW_COLUMNS} where r.id = $1`;
  const { rows } = await client.query<ReviewRow>({ name: 'load-review', text, values: [reviewId] });
  return rows[0] && toReviewOut(rows[0]);
}

export interface ReviewCrop {
  readonly recognizedFaceId: string;
  readonly candidateUserId: string | null;
  readonly objectKey: string | null;
}

/** Where the face of a review is stored; undefined when there is no such review. */
export async function findReviewCrop(client: ClientBase, reviewId: string): Promise<ReviewCrop | undefined> {
  const { rows } = await client.query<{ id: string; user_id: string | null; crop_key: string | null }>({
    name: 'find-review-crop',
    text: `select f.id, f.user_id, f.crop_key
           from reviews as r join recognized_faces as f on f.id = r.recognized_face_id where r.id = $1`,
    values: [reviewId],
  });
  const [row] = rows;
  return row && { recognizedFaceId: row.id, candidateUserId: row.user_id, objectKey: row.crop_key };
}

const REVIEW_COLUMNS = `
  r.id, r.kind, r.status, r.created_at, r.unknown_face_id, r.user_id as decided_user_id, r.decided_by, r.decided_at,
  q.id as recognition_id, q.captured_at, q.received_at, q.late_arrival, q.model_id,
  s.id as source_id, s.source_type, s.external_id, s.name as source_name,
  f.face_index, f.box_x, f.box_y, f.box_width, f.box_height, f.quality, f.liveness_score, f.liveness_verdict, f.reason,
  exists (select from rejected_matches as m where m.review_id = r.id) as remembered,
  f.similarity, f.margin, f.match_threshold, f.runner_up_similarity, f.crop_key is not null as has_crop,
  best.id as best_id, best.full_name as best_name, best.is_deleted as best_deleted, best_profile.employee_code as best_code,
  next.id as next_id, next.full_name as next_name, next.is_deleted as next_deleted, next_profile.employee_code as next_code
  from reviews as r
  join recognized_faces as f on f.id = r.recognized_face_id
  join recognition_requests as q on q.id = f.recognition_id
  join sources as s on s.id = q.source_id
  left join users as best on best.id = f.user_id
  left join user_profiles as best_profile on best_profile.user_id = best.id
  left join users as next on next.id = f.runner_up_user_id and f.user_id is not null
  left join user_profiles as next_profile on next_profile.user_id = next.id`;

interface ReviewRow {
  readonly id: string;
  readonly kind: ReviewOut['kind'];
  readonly status: ReviewOut['status'];
  readonly created_at: Date;
  readonly unknown_face_id: string | null;
  readonly decided_user_id: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly remembered: boolean;
  readonly recognition_id: string;
  readonly captured_at: Date;
  readonly received_at: Date;
  readonly late_arrival: boolean;
  readonly model_id: string | null;
  readonly source_id: string;
  readonly source_type: ReviewOut['source']['source_type'];
  readonly external_id: string;
  readonly source_name: string | null;
  readonly face_index: number;
  readonly box_x: number;
  readonly box_y: number;
  readonly box_width: number;
  readonly box_height: number;
  readonly quality: Record<string, unknown>;
  readonly liveness_score: number | null;
  readonly liveness_verdict: ReviewOut['liveness']['verdict'];
  readonly reason: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
  readonly match_threshold: number | null;
  readonly runner_up_similarity: number | null;
  readonly has_crop: boolean;
  readonly best_id: string | null;
  readonly best_name: string;
  readonly best_deleted: boolean;
  readonly best_code: string | null;
  readonly next_id: string | null;
  readonly next_name: string;
  readonly next_deleted: boolean;
  readonly next_code: string | null;
}

function toReviewOut(row: ReviewRow): ReviewOut {
  return {
    review_id: row.id,
    kind: row.kind,
    status: row.status,
    created_at: row.created_at.toISOString(),
    captured_at: row.captured_at.toISOString(),
    received_at: row.received_at.toISOString(),
    late_arrival: row.late_arrival,
    source: {
      id: row.source_id,
      source_type: row.source_type,
      source_id: row.external_id,
      name: row.source_name,
    },
    recognition_id: row.recognition_id,
    face_index: row.face_index,
    box: { x: row.box_x, y: row.box_y, width: row.box_width, height: row.box_height },
    quality: row.quality,
    liveness: { score: row.liveness_score, verdict: row.liveness_verdict },
    reason: row.reason,
    similarity: row.similarity,
    margin: row.margin,
    match_threshold: row.match_threshold,
    candidates: candidatesOf(row),
    model: row.model_id,
    crop_url: row.has_crop ? `/v1/ops/reviews/${row.id}/crop` : null,
    unknown_face_id: row.unknown_face_id,
    decision: decisionOf(row),
  };
}

function candidatesOf(row: ReviewRow): ReviewCandidate[] {
  const candidates: ReviewCandidate[] = [];
  const { best_id, next_id } = row;
  if (best_id !== null) {
    candidates.push({
      ...{ user_id: best_id, full_name: row.best_name, employee_code: row.best_code },
      ...{ similarity: row.similarity, is_deleted: row.best_deleted },
    });
  }
  if (next_id !== null) {
    candidates.push({
      ...{ user_id: next_id, full_name: row.next_name, employee_code: row.next_code },
      ...{ similarity: row.runner_up_similarity, is_deleted: row.next_deleted },
    });
  }
  return candidates;
}

function decisionOf(row: ReviewRow): ReviewOut['decision'] {
  if (row.decided_at === null) return null;
  const user_id = row.status === 'expired' ? null : row.decided_user_id;
  const { decided_by, decided_at, remembered } = row;
  return { user_id, decided_by, decided_at: decided_at.toISOString(), remembered };
}
