import type { EventPayload, NewEvent } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildScene, startTestProjector, storedTypes, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  scene = await buildScene(db);
});
afterAll(() => db.close());

type Sighting = EventPayload<'unknown_face.assigned'>['sightings'][number];

const sighting = (captured_at: string): Sighting => ({
  ...{ review_id: uuidV7(), recognized_face_id: uuidV7(), recognition_id: uuidV7(), source_id: scene.door },
  ...{ direction: 'both', captured_at, received_at: captured_at, late_arrival: false, similarity: 0.42, margin: 0.2 },
  ...{ liveness_verdict: 'live', liveness_score: 0.9, model_id: 'test-model', gallery_version: 7 },
  box: { x: 1, y: 2, width: 3, height: 4 },
});

const said = () => ({
  ...{ organizationId: scene.organizationId, subject: `reviews/${uuidV7()}`, actor: `user:${uuidV7()}` },
  ...{ correlationId: uuidV7(), occurredAt: new Date() },
});

const confirmed = (userId: string, seen: Sighting): NewEvent =>
  newEvent<'review.confirmed'>({
    ...said(),
    type: 'review.confirmed',
    payload: { kind: 'uncertain', user_id: userId, candidate_user_id: userId, ...seen },
  });

const assigned = (userId: string, sightings: Sighting[]): NewEvent =>
  newEvent<'unknown_face.assigned'>({
    ...said(),
    type: 'unknown_face.assigned',
    payload: {
      ...{ unknown_face_id: null, user_id: userId, face_ids: [], model_id: null, gallery_version: null },
      sightings,
    },
  });

it('a confirmed sighting becomes attendance as a match does, once, and says who said so', async () => {
  const projector = startTestProjector(db);
  const late = sighting('2025-03-03T17:30:00.000Z');
  const event = confirmed(scene.ada, late);
  await scene.append(scene.seen('2025-03-03T08:30:00.000Z', scene.ada), event, confirmed(scene.ada, late));
  await projector.projectAll(scene.organizationId);

  expect(await scene.records()).toMatchObject([
    {
      ...{ user_id: scene.ada, work_date: '2025-03-03', event_id: event.id, worked_minutes: 540 },
      ...{ check_in_at: new Date('2025-03-03T08:30:00Z'), check_out_at: new Date('2025-03-03T17:30:00Z') },
    },
  ]);
  expect(await scene.count('attendance_logs')).toBe(2);
  const { rows } = await db.system.query(
    `select actor from audit_logs where organization_id = $1 and action = 'review.confirmed'`,
    [scene.organizationId],
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual({ actor: event.actor });
});

it('all sightings of an unknown face come back in time, a change a day, and a replay comes to the same', async () => {
  const projector = startTestProjector(db);
  const times = ['03T08:00', '03T12:00', '03T16:00', '04T09:00'].map((time) => `2025-03-${time}:00.000Z`);
  await scene.append(assigned(scene.ben, times.map(sighting)));
  await projector.projectAll(scene.organizationId);

  expect(await scene.records()).toMatchObject([
    { work_date: '2025-03-03', check_in_at: new Date(times[0] ?? ''), check_out_at: new Date(times[2] ?? '') },
    { work_date: '2025-03-04', check_in_at: new Date(times[3] ?? ''), check_out_at: null },
  ]);
  const types = await storedTypes(db, scene.organizationId);
  expect(types.filter((type) => type === 'attendance.record_changed')).toHaveLength(2);

  const before = { checksum: await scene.checksum(), counts: await scene.counts() };
  await projector.leases.releaseAll();
  const logger = { warn: () => undefined, error: () => undefined };
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: logger as never };
  await replayOrganization(parts, scene.organizationId);
  expect({ checksum: await scene.checksum(), counts: await scene.counts() }).toEqual(before);
});
