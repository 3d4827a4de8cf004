import type { EventPayload, StoredEvent } from '@rollcall/contracts';
import type { UndatedLog } from './attendance.js';
import { attendanceLogId } from './deterministic-ids.js';

type ConfirmedSighting = EventPayload<'unknown_face.assigned'>['sightings'][number];

/**
 * The sightings that an operator gave to somebody. Each is what a match of the same face would have been, at the time of
 * its frame; a face is one person's sighting at most, whoever says so and however often.
 */
export function confirmedSightings(event: StoredEvent<'review.confirmed' | 'unknown_face.assigned'>): UndatedLog[] {
  const { user_id } = event.payload;
  const sightings: readonly ConfirmedSighting[] =
    'sightings' in event.payload ? event.payload.sightings : [event.payload];
  return sightings.map((sighting) => toLog(sighting, user_id, event));
}

function toLog(sighting: ConfirmedSighting, userId: string, event: StoredEvent): UndatedLog {
  return {
    id: attendanceLogId(sighting.recognized_face_id),
    organizationId: event.organizationId,
    userId,
    kind: 'face',
    capturedAt: new Date(sighting.captured_at),
    receivedAt: new Date(sighting.received_at),
    lateArrival: sighting.late_arrival,
    sourceId: sighting.source_id,
    direction: sighting.direction,
    recognitionId: sighting.recognition_id,
    recognizedFaceId: sighting.recognized_face_id,
    similarity: sighting.similarity,
    margin: sighting.margin,
    livenessScore: sighting.liveness_score,
    livenessVerdict: sighting.liveness_verdict,
    box: sighting.box,
    modelId: sighting.model_id,
    galleryVersion: sighting.gallery_version,
    decision: 'confirmed',
    eventId: event.id,
  };
}
