import type { StoredEvent } from '@rollcall/contracts';
import type { UndatedLog } from './attendance.js';
import { attendanceLogId } from './deterministic-ids.js';

/** A check-in by PIN or QR code: a sighting like one by face, without what only a face has. */
export function punchesIn(event: StoredEvent<'attendance.punched'>): UndatedLog[] {
  const { payload } = event;
  return [
    {
      id: attendanceLogId(payload.check_in_id),
      organizationId: event.organizationId,
      userId: payload.user_id,
      kind: payload.method,
      capturedAt: new Date(payload.captured_at),
      receivedAt: new Date(payload.received_at),
      lateArrival: payload.late_arrival,
      sourceId: payload.source_id,
      direction: payload.direction,
      recognitionId: null,
      recognizedFaceId: null,
      similarity: null,
      margin: null,
      livenessScore: null,
      livenessVerdict: null,
      box: null,
      modelId: null,
      galleryVersion: null,
      decision: 'match',
      eventId: event.id,
    },
  ];
}
