import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector, type Scene } from '../events/projection-fixture.test.js';
import { resetProjection } from '../projections/reset-projection.js';
import { watchHealth } from './watch-health.js';

let db: TestDatabase;
let scene: Scene;
let other: Scene;

const watch = () => watchHealth(db.system, new Date());
const calm = { began: 0, ended: 0 };
const replays = () => queryValue<number>(db.system, 'select count(*)::int from projection_replays');

/** As if all that is in the log had been recorded that long ago. */
async function letPass(organizationId: string, minutes: number): Promise<void> {
  await db.owner.query(
    `update events set recorded_at = recorded_at - $2 * interval '1 minute' where organization_id = $1`,
    [organizationId, minutes],
  );
}

async function projectAll({ organizationId }: Scene): Promise<void> {
  const projector = startTestProjector(db, { leaseMs: 1 });
  await projector.projectAll(organizationId);
  await projector.leases.releaseAll();
}

beforeAll(async () => {
  db = await createTestDatabase();
  for (const kind of ['attendance-projector', 'face-worker']) {
    await db.system.query(
      `insert into worker_heartbeats (worker_id, kind, hostname, pid, started_at, beat_at)
       values ($1, $2, 'test', 1, now() - interval '10 minutes', now() + interval '1 hour')`,
      [uuidV7(), kind],
    );
  }
});
beforeEach(async () => {
  await db.owner.query('delete from health_episodes');
  [scene, other] = [await buildScene(db), await buildScene(db)];
  for (const each of [scene, other]) {
    await each.append(each.seen('2025-03-03T09:00:00Z', each.ada), each.seen('2025-03-03T17:00:00Z', each.ada));
    await projectAll(each);
    await letPass(each.organizationId, 60);
  }
});
afterAll(() => db.close());

describe('an organization whose log is projected again', () => {
  it('is behind by all of it, and that is no illness', async () => {
    expect(await watch()).toEqual(calm);
    await resetProjection(db.system, scene.organizationId);
    expect(await watch()).toEqual(calm);
    // A frame that came while the replay went on is nobody's illness either, as long as the replay moves.
    await scene.append(scene.seen('2025-03-04T09:00:00Z', scene.ada));
    await letPass(scene.organizationId, 5);
    expect(await watch()).toEqual(calm);
    await projectAll(scene);
    expect(await watch()).toEqual(calm);
    expect(await replays()).toBe(0);
  });

  it('does not hide what others wait for', async () => {
    await resetProjection(db.system, scene.organizationId);
    await other.append(other.seen('2025-03-04T09:00:00Z', other.ada));
    expect(await watch()).toEqual(calm);
    await letPass(other.organizationId, 4);
    expect(await watch()).toEqual({ began: 1, ended: 0 });
    const reason = await queryValue(db.system, 'select reason from health_episodes where ended_at is null');
    expect(reason).toBe('BEHIND');
    await projectAll(scene);
    await projectAll(other);
    expect(await watch()).toEqual({ began: 0, ended: 1 });
  });

  it('is ill when nothing has moved for minutes', async () => {
    await resetProjection(db.system, scene.organizationId);
    await db.owner.query(`update projection_replays set moved_at = now() - interval '4 minutes'`);
    expect(await watch()).toEqual({ began: 1, ended: 0 });
    await projectAll(scene);
    expect(await watch()).toEqual({ began: 0, ended: 1 });
  });

  it('is watched like any other once it has caught up', async () => {
    await resetProjection(db.system, scene.organizationId);
    await projectAll(scene);
    expect(await watch()).toEqual(calm);
    await scene.append(scene.seen('2025-03-04T09:00:00Z', scene.ada));
    await letPass(scene.organizationId, 4);
    await db.owner.query(`update projection_checkpoints set updated_at = now() - interval '1 minute'`);
    expect(await watch()).toEqual({ began: 1, ended: 0 });
    await projectAll(scene);
  });
});
