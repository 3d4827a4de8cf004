import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildScene(db);
});

/** The traces of a skipped event. */
async function tracesOf(eventId: string) {
  const log = `select level || ' ' || code from system_logs where context ->> 'event_id' = $1`;
  const trail = `select action from audit_logs where event_id = $1 and action = 'projection.event_skipped'`;
  const told = `select severity || ' to role ' || role_id from notifications where event_id = $1`;
  return Promise.all([log, trail, told].map((sql) => queryValue<string>(db.system, sql, [eventId])));
}

describe('an event that cannot be projected', () => {
  const visible = ['error PROJECTION_EVENT_SKIPPED', 'projection.event_skipped', 'critical to role 1'];

  it('is left out with a visible trace while its neighbours get through, and a replay brings it in', async () => {
    const stranger = uuidV7();
    const poisoned = scene.seen('2025-03-03T09:30:00Z', stranger);
    const frames = [
      scene.seen('2025-03-03T09:00:00Z', scene.ada),
      poisoned,
      scene.seen('2025-03-03T10:00:00Z', scene.ben),
      scene.seen('2025-03-03T17:00:00Z', scene.ada),
    ];
    await scene.append(...frames);
    const projector = startTestProjector(db);
    expect(await projector.projectAll(scene.organizationId)).toBe('done');
    expect(projector.figures.read()).toMatchObject({ events_skipped: 1 });
    expect(await scene.count('attendance_logs')).toBe(3);
    expect(await tracesOf(poisoned.id)).toEqual(visible);

    // The cause is mended …
    await db.owner.query("insert into users (id, organization_id, role_id, full_name) values ($1, $2, 3, 'Late')", [
      stranger,
      scene.organizationId,
    ]);
    await projector.leases.releaseAll();
    const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: console };
    await replayOrganization(parts, scene.organizationId);
    expect(await scene.count('attendance_logs')).toBe(4);
    expect((await scene.records()).map(({ user_id }) => user_id)).toContain(stranger);
  });

  it('is left out when its payload has another form', async () => {
    const frames = [scene.seen('2025-03-03T09:00:00Z', scene.ada), scene.seen('2025-03-03T17:00:00Z', scene.ada)];
    const poisonedId = uuidV7();
    await scene.append(frames[0]!);
    await db.owner.query(
      `select insert_events(jsonb_build_array(jsonb_build_object('id', $1::uuid, 'organization_id', $2::uuid, 'type',
         'recognition.completed', 'version', 1, 'subject', 'recognitions/1', 'actor', 'system:face-worker',
         'correlation_id', $1::uuid, 'payload', '{"faces": "none"}'::jsonb, 'occurred_at', now())))`,
      [poisonedId, scene.organizationId],
    );
    await scene.append(frames[1]!);
    expect(await startTestProjector(db).projectAll(scene.organizationId)).toBe('done');
    expect(await scene.count('attendance_logs')).toBe(2);
    expect(await tracesOf(poisonedId)).toEqual(visible);
  });

  it('is not left out when one after the other fails: then something else is wrong', async () => {
    const strangers = Array.from({ length: 8 }, () => scene.seen('2025-03-03T09:00:00Z', uuidV7()));
    await scene.append(...strangers);
    const projector = startTestProjector(db);
    await expect(projector.projectAll(scene.organizationId)).rejects.toThrow('too many events');
    expect(projector.figures.read()).toMatchObject({ events_skipped: 5 });
    await expect(projector.projectAll(scene.organizationId)).rejects.toThrow('too many events');
    expect(projector.figures.read()).toMatchObject({ events_skipped: 5 });
  });
});
