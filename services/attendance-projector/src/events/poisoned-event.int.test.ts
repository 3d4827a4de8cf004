import { readEvents } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { createTestDatabase, queryValue, waitUntil, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { measureLag } from '../data-access/events.js';
import { projectedTypes } from '../domain/projected-types.js';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { PROJECTION } from '../projections/projection-name.js';
import { composeProjection } from './compose-projection.js';
import { ProjectionStoppedError } from './project-events.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;
let stranger: string;
let poisoned: string;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildScene(db);
  stranger = uuidV7();
  const bad = scene.seen('2025-03-03T09:30:00Z', stranger);
  poisoned = bad.id;
  const [early, late] = [scene.seen('2025-03-03T09:00:00Z', scene.ada), scene.seen('2025-03-03T10:00:00Z', scene.ben)];
  await scene.append(early, bad, late, scene.seen('2025-03-03T17:00:00Z', scene.ada));
});

/** Whoever is asked says that it stands still, having told so before or not. */
async function standStill(projector = startTestProjector(db)): Promise<void> {
  await expect(projector.projectAll(scene.organizationId)).rejects.toThrow(ProjectionStoppedError);
  await projector.leases.releaseAll();
}

/** What tells of it: rows of the system log, of the trail, of notifications and events. */
async function told() {
  const { rows } = await db.system.query<{ told: string }>(
    `select level || ' ' || code || ' ' || (context ->> 'reason') as told from system_logs where context ->> 'event_id' = $1
     union all select 'trail ' || action from audit_logs where organization_id = $2 and subject = 'events/' || $1
     union all select severity || ' to role ' || role_id || ' ' || type from notifications where payload ->> 'event_id' = $1
     union all select 'event ' || type from events where payload ->> 'event_id' = $1 order by told`,
    [poisoned, scene.organizationId],
  );
  return rows.map((row) => row.told);
}

const once = [
  'critical to role 1 projection.stopped',
  'error PROJECTION_STOPPED SQLSTATE_23503',
  'event projection.stopped',
  'trail projection.stopped',
];

async function hire(id: string): Promise<void> {
  await db.owner.query("insert into users (id, organization_id, role_id, full_name) values ($1, $2, 3, 'Late')", [
    id,
    scene.organizationId,
  ]);
}

function skip(eventId: string) {
  return withTransaction(db.system, async (client) => {
    await client.query("select set_config('app.organization_id', $1, true)", [scene.organizationId]);
    const sql = "select skip_projection_event('attendance', $1, 'test hall', 'user:admin') ->> 'status' as status";
    return (await client.query<{ status: string }>(sql, [eventId])).rows[0]?.status;
  });
}

async function replay(): Promise<void> {
  const logger = { warn: () => undefined, error: () => undefined };
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: logger as never };
  await replayOrganization(parts, scene.organizationId);
}

describe('an event that cannot be projected', () => {
  it('stops its organization in front of it, and is told once however often it is tried', async () => {
    await standStill();
    await standStill();
    const stubborn = startTestProjector(db);
    await standStill(stubborn);
    await standStill(stubborn);
    expect(await scene.count('attendance_logs')).toBe(1);
    expect(await told()).toEqual(once);
  });

  it('stops nobody else, and is no illness of the installation', async () => {
    const other = await buildScene(db);
    await other.append(other.seen('2025-03-03T09:00:00Z', other.ada));
    const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), pollIntervalMs: 20 };
    const projection = composeProjection({
      ...parts,
      logger: { warn: () => undefined, error: () => undefined } as never,
    });
    projection.start();
    try {
      const stops = 'select count(*)::int from projection_stops where organization_id = $1';
      await waitUntil(
        'it stands still',
        async () => (await queryValue(db.system, stops, [scene.organizationId])) === 1,
      );
      await waitUntil('the other is projected', async () => (await other.count('attendance_logs')) === 1);
      await other.append(other.seen('2025-03-03T17:00:00Z', other.ada));
      projection.ring();
      await waitUntil('and goes on', async () => (await other.count('attendance_logs')) === 2);
    } finally {
      await projection.stop();
    }
    await db.owner.query("update events set recorded_at = now() - interval '1 day' where organization_id = $1", [
      scene.organizationId,
    ]);
    const lag = await measureLag(db.system, PROJECTION, projectedTypes);
    expect(lag.organizationsStopped).toBeGreaterThan(0);
    const age = lag.oldestRecordedAt === null ? 0 : Date.now() - lag.oldestRecordedAt.getTime();
    expect(age).toBeLessThan(3_600_000);
  });

  it('is projected by itself once its cause is mended', async () => {
    await standStill();
    await hire(stranger);
    expect(await startTestProjector(db).projectAll(scene.organizationId)).toBe('done');
    expect(await scene.count('attendance_logs')).toBe(4);
    expect(await scene.count('projection_stops')).toBe(0);
    expect(await skip(poisoned)).toBe('not_found');
  });

  it('of another form stops it too', async () => {
    const other = await buildScene(db);
    const bad = uuidV7();
    await db.owner.query(
      `select insert_events(jsonb_build_array(jsonb_build_object('id', $1::uuid, 'organization_id', $2::uuid, 'type',
         'recognition.completed', 'version', 1, 'subject', 'recognitions/1', 'actor', 'system:face-worker',
         'correlation_id', $1::uuid, 'payload', '{"faces": "none"}'::jsonb, 'occurred_at', now())))`,
      [bad, other.organizationId],
    );
    await other.append(other.seen('2025-03-03T17:00:00Z', other.ada));
    await expect(startTestProjector(db).projectAll(other.organizationId)).rejects.toThrow(bad);
    expect(await other.count('attendance_logs')).toBe(0);
    const sql = 'select reason from projection_stops where organization_id = $1';
    expect(await queryValue(db.system, sql, [other.organizationId])).toBe('INVALID_EVENT');
  });
});

describe('an event that is skipped', () => {
  it('is the one it stands still before, and no other', async () => {
    expect(await skip(poisoned)).toBe('not_found');
    await standStill();
    expect(await skip(uuidV7())).toBe('not_found');
    const { events } = await readEvents(db.system, { organizationId: scene.organizationId, after: null, limit: 10 });
    expect(await skip(events[2]!.id)).toBe('not_found');
    expect(await skip(poisoned)).toBe('skipped');
    expect(await skip(poisoned)).toBe('unchanged');
  });

  it('is passed over, by the projector that stood there and by a replay, mended or not', async () => {
    const projector = startTestProjector(db);
    await expect(projector.projectAll(scene.organizationId)).rejects.toThrow(ProjectionStoppedError);
    await skip(poisoned);
    expect(await projector.projectAll(scene.organizationId)).toBe('done');
    await projector.leases.releaseAll();
    expect(await scene.count('attendance_logs')).toBe(3);
    const [checksum, counts] = [await scene.checksum(), await scene.counts()];

    await hire(stranger);
    await replay();
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
    expect(await told()).toEqual(once);
  });

  it('and projected at the same moment is either', async () => {
    await standStill();
    await hire(stranger);
    // A projector that has read it before it was skipped finds its checkpoint moved, and writes nothing of it.
    const blocker = await db.owner.connect();
    await blocker.query('begin');
    await blocker.query('select from projection_checkpoints where organization_id = $1 for update', [
      scene.organizationId,
    ]);
    const both = [startTestProjector(db).projectAll(scene.organizationId), skip(poisoned)] as const;
    await blocker.query('commit');
    blocker.release();
    const [outcome, status] = await Promise.all(both);
    expect(outcome).toBe('done');
    expect(await scene.count('attendance_logs')).toBe(status === 'skipped' ? 3 : 4);
    expect(await scene.count('projection_skips')).toBe(status === 'skipped' ? 1 : 0);
  });
});
