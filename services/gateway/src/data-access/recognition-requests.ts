import type { FaceResult, RecognizeResponse } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface RecognitionRow {
  readonly id: string;
  readonly status: RecognizeResponse['status'];
  readonly source_type: RecognizeResponse['source_type'];
  readonly external_id: string;
  readonly captured_at: Date;
  readonly model_id: string | null;
  readonly gallery_version: string | null;
  readonly synthetic: boolean;
  readonly reason: string | null;
  readonly faces: readonly FaceRow[];
}

interface FaceRow {
  readonly face_index: number;
  readonly box_x: number;
  readonly box_y: number;
  readonly box_width: number;
  readonly box_height: number;
  readonly detection_score: number;
  readonly quality: FaceResult['quality'];
  readonly liveness_score: number | null;
  readonly liveness_verdict: FaceResult['liveness']['verdict'];
  readonly decision: FaceResult['decision'];
  readonly reason: string | null;
  readonly user_id: string | null;
  readonly face_id: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
}

/**
 * Frames with the results of their faces, by id; ids of other organizations are not found.
 *
 * @param options.finished only those that will not change any more.
 */
export async function loadRecognitions(
  client: ClientBase,
  ids: readonly string[],
  options: { readonly finished: boolean },
): Promise<Map<string, RecognizeResponse>> {
  const { rows } = await client.query<RecognitionRow>({
    name: 'load-recognitions',
    text: `select r.id, r.status, s.source_type, s.external_id, r.captured_at, r.model_id, r.gallery_version, r.synthetic, r.reason,
             coalesce((
               select jsonb_agg(to_jsonb(f) order by f.face_index) from (
                 select face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score, liveness_verdict,
                   decision, reason, user_id, face_id, similarity, margin
                 from recognized_faces where recognition_id = r.id) as f
             ), '[]') as faces
           from recognition_requests as r join sources as s on s.id = r.source_id
           where r.id = any($1::uuid[]) and (not $2 or r.status not in ('queued', 'processing'))`,
    values: [ids, options.finished],
  });
  return new Map(rows.map((row) => [row.id, toRecognizeResponse(row)]));
}

function toRecognizeResponse(row: RecognitionRow): RecognizeResponse {
  return {
    recognition_id: row.id,
    status: row.status,
    source_type: row.source_type,
    source_id: row.external_id,
    captured_at: row.captured_at.toISOString(),
    faces: row.faces.map(toFaceResult),
    model: row.model_id,
    gallery_version: row.gallery_version === null ? null : Number(row.gallery_version),
    synthetic: row.synthetic,
    ...(row.reason !== null && { reason: row.reason }),
  };
}

function toFaceResult(row: FaceRow): FaceResult {
  return {
    index: row.face_index,
    box: { x: row.box_x, y: row.box_y, width: row.box_width, height: row.box_height },
    detection_score: row.detection_score,
    quality: row.quality,
    liveness: { score: row.liveness_score, verdict: row.liveness_verdict },
    decision: row.decision,
    ...(row.user_id !== null && { user_id: row.user_id }),
    ...(row.face_id !== null && { face_id: row.face_id }),
    ...(row.similarity !== null && { similarity: row.similarity }),
    ...(row.margin !== null && { margin: row.margin }),
    ...(row.reason !== null && { reason: row.reason }),
  };
}
