import type { EventPayload } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { ada, ben, door, event, someId } from './example-events.test.js';
import { attendanceLogId } from './deterministic-ids.js';
import { readSightings } from './read-sightings.js';

type Sighting = EventPayload<'unknown_face.assigned'>['sightings'][number];

const sighting = (captured_at: string): Sighting => ({
  ...{ review_id: someId(), recognized_face_id: someId(), recognition_id: someId(), source_id: door },
  ...{ direction: 'in', captured_at, received_at: '2025-03-03T10:00:00.000Z', late_arrival: true },
  ...{ similarity: 0.42, margin: 0.2, liveness_verdict: 'live', liveness_score: 0.9, model_id: 'model-1' },
  ...{ box: { x: 1, y: 2, width: 3, height: 4 }, gallery_version: 7 },
});

describe('a sighting that an operator confirmed', () => {
  it('is one of the named person at the time of the frame, with its evidence', () => {
    const seen = sighting('2025-03-03T08:59:12.000Z');
    const confirmed = event('review.confirmed', {
      ...seen,
      ...{ kind: 'uncertain', user_id: ben, candidate_user_id: ada },
    });
    expect(readSightings(confirmed)).toEqual([
      expect.objectContaining({
        ...{ id: attendanceLogId(seen.recognized_face_id), userId: ben, kind: 'face', decision: 'confirmed' },
        ...{ capturedAt: new Date('2025-03-03T08:59:12.000Z'), direction: 'in', lateArrival: true, sourceId: door },
        ...{ similarity: 0.42, box: seen.box, galleryVersion: 7, eventId: confirmed.id },
      }),
    ]);
  });

  it('of an unknown face: all of them', () => {
    const sightings = ['2025-03-03T08:00:00.000Z', '2025-03-04T08:00:00.000Z'].map(sighting);
    const assigned = event('unknown_face.assigned', {
      ...{ unknown_face_id: someId(), user_id: ada, face_ids: [someId()], model_id: 'model-1', gallery_version: 8 },
      sightings,
    });
    const logs = readSightings(assigned);
    expect(logs.map(({ capturedAt }) => capturedAt.toISOString())).toEqual(sightings.map((seen) => seen.captured_at));
    expect(new Set(logs.map(({ userId }) => userId))).toEqual(new Set([ada]));
  });
});
