import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShadowProjection, type ShadowProjection } from '../projections/shadow-projection.js';
import { resetProjection } from '../projections/reset-projection.js';
import { checkOrganization, type CheckOutcome } from './check-organization.js';
import { createEventSource } from './event-source.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';

let db: TestDatabase;
let shadow: ShadowProjection;
let scene: Scene;
let projector: ReturnType<typeof startTestProjector>;

beforeAll(async () => {
  db = await createTestDatabase();
  shadow = await openShadowProjection(db.systemUrl);
});
afterAll(async () => {
  await shadow.close();
  await db.close();
});
beforeEach(async () => {
  scene = await buildScene(db);
  projector = startTestProjector(db);
  for (const date of ['2025-03-03', '2025-03-04', '2025-03-05']) {
    await scene.append(
      scene.seen(`${date}T09:00:00Z`, scene.ada, scene.ben),
      scene.frame(`${date}T10:00:00Z`, [scene.face('unknown'), scene.face('review', scene.ada)]),
      scene.seen(`${date}T17:30:00Z`, scene.ada),
    );
  }
  await projector.projectAll(scene.organizationId);
});

function check(onBatch: () => Promise<void> = () => Promise.resolve()): Promise<CheckOutcome> {
  const watched: ShadowProjection = {
    ...shadow,
    async apply(batch) {
      const outcome = await shadow.apply(batch);
      await onBatch();
      return outcome;
    },
  };
  const source = createEventSource(db.system, undefined);
  return checkOrganization({ pool: db.system, source, shadow: watched }, scene.organizationId);
}

const damage = (sql: string) => db.owner.query(`${sql} organization_id = $1`, [scene.organizationId]);

describe('a check', () => {
  it('finds attendance that is what the log says the same, and writes nothing', async () => {
    const [checksum, counts] = [await scene.checksum(), await scene.counts()];
    const { live, projected, differences, missingConsequences } = await check();
    expect(live).toMatchObject({ logs: 9, records: 6 });
    expect(projected).toEqual(live);
    expect([differences, missingConsequences]).toEqual([[], 0]);
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
  });

  it.each([
    ['a record changed', "update attendance_records set worked_minutes = 1 where work_date = '2025-03-04' and", 6, 9],
    ['a record gone', "delete from attendance_records where work_date = '2025-03-04' and", 4, 9],
    ['a sighting gone', "delete from attendance_logs where work_date = '2025-03-04' and", 6, 6],
  ])('names the day with %s', async (_, sql, records, logs) => {
    await damage(sql);
    const { live, projected, differences } = await check();
    expect(live).toMatchObject({ records, logs });
    expect(projected).toMatchObject({ records: 6, logs: 9 });
    expect(differences.map(({ workDate }) => workDate)).toEqual(['2025-03-04']);
  });

  it('names a day that nobody was seen on', async () => {
    await damage("update attendance_records set work_date = '2025-03-08' where work_date = '2025-03-03' and");
    const { differences } = await check();
    expect(differences).toMatchObject([
      { workDate: '2025-03-03', live: { records: 0 }, projected: { records: 2 } },
      { workDate: '2025-03-08', live: { records: 2, logs: 0 }, projected: null },
    ]);
  });

  it('finds derived events and lines of the trail that are not there', async () => {
    await damage('delete from derived_ids where');
    const { differences, missingConsequences } = await check();
    expect(differences).toEqual([]);
    expect(missingConsequences).toBeGreaterThan(6);
  });

  it('compares what stood at one place in the log, whatever comes meanwhile', async () => {
    const outcome = await check(async () => {
      await scene.append(scene.seen('2025-03-06T09:00:00Z', scene.ada));
      await projector.projectAll(scene.organizationId);
    });
    expect(outcome).toMatchObject({ live: { logs: 9 }, projected: { logs: 9 }, differences: [] });
    expect(await scene.count('attendance_logs')).toBe(10);
  });

  it('holds no transaction between two batches, and passes over what an admin skipped', async () => {
    const stranger = uuidV7();
    const poisoned = scene.seen('2025-03-06T09:00:00Z', stranger);
    await scene.append(poisoned, scene.seen('2025-03-06T17:00:00Z', scene.ben));
    await expect(projector.projectAll(scene.organizationId)).rejects.toThrow(poisoned.id);
    await db.owner.query(`begin; set local app.organization_id = '${scene.organizationId}';
      select skip_projection_event('attendance', '${poisoned.id}', 'test', 'user:admin'); commit`);
    await projector.projectAll(scene.organizationId);
    const held: unknown[] = [];
    const outcome = await check(async () => {
      const sql = `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'rollcall replay --check' and xact_start is not null`;
      held.push(await queryValue(db.owner, sql));
    });
    expect(outcome.differences).toEqual([]);
    expect(new Set(held)).toEqual(new Set([0]));
  });

  it('does not compare with rows that a replay is deleting', async () => {
    await resetProjection(db.system, scene.organizationId, {
      onStep: async () => expect(check()).rejects.toThrow('a replay of'),
    });
  });
});
