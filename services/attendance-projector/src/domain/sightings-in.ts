import type { RecognitionCompleted, UndatedLog } from './attendance.js';
import { attendanceLogId } from './deterministic-ids.js';

/**
 * The sightings of a frame: one a matched face. Faces for review, strangers and rejected ones are none, and nothing of
 * the development embedder ever is.
 */
export function sightingsIn(event: RecognitionCompleted): UndatedLog[] {
  const { payload } = event;
  const matched = payload.faces.flatMap((face) =>
    face.decision === 'match' && face.user_id !== null ? [{ ...face, user_id: face.user_id }] : [],
  );
  if (payload.synthetic || matched.length === 0) return [];
  const capturedAt = new Date(payload.captured_at);
  return matched.map((face) => ({
    id: attendanceLogId(face.recognized_face_id),
    organizationId: event.organizationId,
    userId: face.user_id,
    kind: 'face',
    capturedAt,
    receivedAt: new Date(payload.received_at),
    lateArrival: payload.late_arrival,
    sourceId: payload.source_id,
    direction: payload.direction,
    recognitionId: payload.recognition_id,
    recognizedFaceId: face.recognized_face_id,
    similarity: face.similarity,
    margin: face.margin,
    livenessScore: face.liveness_score,
    livenessVerdict: face.liveness_verdict,
    box: face.box,
    modelId: payload.model_id,
    galleryVersion: payload.gallery_version,
    decision: face.decision,
    eventId: event.id,
  }));
}
