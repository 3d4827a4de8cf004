import { appendEvents, newEvent } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildCalendarScene, recordsOf, type CalendarScene } from './calendar-fixture.test.js';
import { startTestProjector } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: CalendarScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  scene = await buildCalendarScene(db);
  await scene.assign(scene.ada, await scene.addShift({ starts_at: '09:00', ends_at: '17:00' }), FIRST, FIRST);
});
afterAll(() => db.close());

const FIRST = '2025-03-03';
const LAST = '2025-03-07';

async function projectAll(): Promise<void> {
  const projector = startTestProjector(db);
  await projector.projectAll(scene.organizationId);
  expect(projector.trouble).toEqual([]);
  await projector.leases.releaseAll();
}

async function expectReplayToBeTheSame(): Promise<void> {
  const [before, counts] = [await scene.checksum(), await scene.counts()];
  const logger = { warn: () => undefined, error: () => undefined } as never;
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger };
  await replayOrganization(parts, scene.organizationId);
  expect(await scene.checksum()).toEqual(before);
  expect(await scene.counts()).toEqual(counts);
}

/** As a changed rule has it. */
const recompute = () => scene.change(() => Promise.resolve(), { users: [scene.ada], from: FIRST, to: LAST });

/** From the middle of Tuesday's shift to Friday morning. */
async function beAway(): Promise<void> {
  await scene.switchActive(scene.ada, false, '2025-03-04T12:00:00Z');
  await scene.switchActive(scene.ada, true, '2025-03-07T08:00:00Z');
}

const statuses = async () =>
  (await recordsOf(db, scene.organizationId)).map(({ work_date, status }) => `${work_date.slice(8)} ${status}`);

describe('days on which somebody was inactive', () => {
  it('are no absences when they are computed anew after the person came back, nor in a replay', async () => {
    await beAway();
    await recompute();
    await projectAll();
    expect(await statuses()).toEqual(['03 absent', '07 absent']);
    await expectReplayToBeTheSame();
  });

  it('that became absences before that was known lose them when they are computed anew, and replay as they were', async () => {
    await recompute();
    await beAway();
    await scene.append(scene.seen('2025-03-10T09:00:00Z', scene.ada));
    await projectAll();
    expect(await statuses()).toEqual([...['03', '04', '05', '06', '07'].map((date) => `${date} absent`), '10 open']);
    await expectReplayToBeTheSame();
    await recompute();
    await projectAll();
    expect(await statuses()).toEqual(['03 absent', '07 absent', '10 open']);
    await expectReplayToBeTheSame();
  });

  it('have what was seen, neither late nor early', async () => {
    await beAway();
    await scene.append(
      scene.seen('2025-03-05T10:00:00Z', scene.ada),
      scene.seen('2025-03-05T16:00:00Z', scene.ada),
      scene.seen('2025-03-07T10:00:00Z', scene.ada),
      scene.seen('2025-03-07T17:00:00Z', scene.ada),
    );
    await recompute();
    await projectAll();
    expect(await statuses()).toEqual(['03 absent', '05 present', '07 late']);
    expect(await scene.recordOf(scene.ada, '2025-03-05')).toMatchObject({ worked_minutes: 360, late_minutes: 0 });
    await expectReplayToBeTheSame();
  });

  it('have no record when the entry by hand that made one is withdrawn', async () => {
    await beAway();
    const date = '2025-03-05';
    const id = uuidV7();
    const about = {
      ...{ organizationId: scene.organizationId, subject: `attendance-corrections/${id}`, actor: 'user:1' },
      ...{ correlationId: uuidV7(), occurredAt: new Date() },
    };
    const payload = { correction_id: id, user_id: scene.ada, work_date: date };
    const times = { check_in_at: `${date}T09:00:00.000Z`, check_out_at: `${date}T17:00:00.000Z`, status: null };
    await withTransaction(db.owner, async (client) => {
      await client.query(
        `insert into attendance_corrections (id, organization_id, user_id, work_date, check_in_at, check_out_at, reason, created_by)
         values ($1, $2, $3, $4, $5, $6, 'a test', $3)`,
        [id, scene.organizationId, scene.ada, date, times.check_in_at, times.check_out_at],
      );
      const type = 'attendance.corrected';
      await appendEvents(client, [newEvent<typeof type>({ ...about, type, payload: { ...payload, ...times } })]);
    });
    await projectAll();
    expect(await scene.recordOf(scene.ada, date)).toMatchObject({ status: 'present', worked_minutes: 480 });
    await withTransaction(db.owner, async (client) => {
      await client.query('update attendance_corrections set withdrawn_at = now(), withdrawn_by = $2 where id = $1', [
        ...[id, scene.ada],
      ]);
      const type = 'attendance.correction_withdrawn';
      await appendEvents(client, [newEvent<typeof type>({ ...about, type, payload })]);
    });
    await projectAll();
    expect(await scene.recordOf(scene.ada, date)).toBeUndefined();
    await expectReplayToBeTheSame();
  });

  it('are nobody’s absence before joining and after leaving either', async () => {
    await db.owner.query("update users set created_at = '2025-03-04T12:00:00Z' where id = $1", [scene.ada]);
    await db.owner.query(
      "update users set is_deleted = true, is_active = false, deleted_at = '2025-03-06T12:00:00Z' where id = $1",
      [scene.ada],
    );
    await recompute();
    await projectAll();
    expect(await statuses()).toEqual(['05 absent']);
    await expectReplayToBeTheSame();
  });
});
