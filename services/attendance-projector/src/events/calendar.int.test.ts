import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildCalendarScene, recordsOf, type CalendarScene } from './calendar-fixture.test.js';
import { startTestProjector, storedTypes } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: CalendarScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  scene = await buildCalendarScene(db);
});
afterAll(() => db.close());

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

const day = '2025-03-03';
const office = { starts_at: '09:00', ends_at: '17:00' };

describe('a shift', () => {
  it('makes a late arrival late and names itself in the record', async () => {
    const shiftId = await scene.addShift({ ...office, grace_minutes: 10 });
    await scene.assign(scene.ada, shiftId, day, day);
    await scene.append(scene.seen(`${day}T09:30:00Z`, scene.ada), scene.seen(`${day}T17:00:00Z`, scene.ada));
    await projectAll();
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({
      shift_id: shiftId,
      status: 'late',
      late_minutes: 20,
      worked_minutes: 450,
    });
    await expectReplayToBeTheSame();
  });

  it('that is assigned afterwards reaches back through the recomputation, not into what was computed before', async () => {
    await scene.append(scene.seen(`${day}T09:30:00Z`, scene.ada), scene.seen(`${day}T17:00:00Z`, scene.ada));
    await projectAll();
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({ shift_id: null, status: 'present' });
    const id = uuidV7();
    await scene.assign(scene.ada, await scene.addShift(office), day, '2025-03-04', id);
    await projectAll();
    // The day after has a shift too, is over, and nobody came.
    expect((await recordsOf(db, scene.organizationId)).map(({ work_date, status }) => [work_date, status])).toEqual([
      [day, 'late'],
      ['2025-03-04', 'absent'],
    ]);
    await scene.withdrawAssignment(scene.ada, id, day, '2025-03-04');
    await projectAll();
    expect((await recordsOf(db, scene.organizationId)).map(({ work_date, status }) => [work_date, status])).toEqual([
      [day, 'present'],
    ]);
    expect(await storedTypes(db, scene.organizationId)).toContain('attendance.record_removed');
    await expectReplayToBeTheSame();
  });

  it('of the night takes the going of the next morning to the date it began, and gives it back', async () => {
    await scene.append(
      scene.seen('2025-03-03T21:55:00Z', scene.ada),
      scene.seen('2025-03-04T06:05:00Z', scene.ada),
      scene.seen('2025-03-04T06:05:20Z', scene.ada),
    );
    await projectAll();
    const dates = async () => {
      const sql = 'select work_date from attendance_logs where organization_id = $1 order by captured_at';
      const { rows } = await db.system.query<{ work_date: string }>(sql, [scene.organizationId]);
      return rows.map(({ work_date }) => work_date);
    };
    expect(await dates()).toEqual(['2025-03-03', '2025-03-04', '2025-03-04']);
    const id = uuidV7();
    const night = await scene.addShift({ starts_at: '22:00', ends_at: '06:00' });
    await scene.assign(scene.ada, night, day, '2025-03-04', id);
    await projectAll();
    expect(await dates()).toEqual(['2025-03-03', '2025-03-03', '2025-03-03']);
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'present', worked_minutes: 490 });
    await expectReplayToBeTheSame();
    await scene.withdrawAssignment(scene.ada, id, day, '2025-03-04');
    await projectAll();
    expect(await dates()).toEqual(['2025-03-03', '2025-03-04', '2025-03-04']);
    expect(await scene.recordOf(scene.ada, '2025-03-04')).toMatchObject({ status: 'open' });
    await expectReplayToBeTheSame();
  });
});

describe('a change of the policy', () => {
  it('is computed for every day from its date on, and a replay comes to the same', async () => {
    await scene.append(
      scene.seen('2025-03-03T08:00:00Z', scene.ada, scene.ben),
      scene.seen('2025-03-03T08:30:00Z', scene.ada),
      scene.seen('2025-03-04T08:00:00Z', scene.ada),
      scene.seen('2025-03-04T08:30:00Z', scene.ada),
    );
    await projectAll();
    await scene.applyPolicy(1, '2025-03-04', { min_interval_seconds: 3_600 }, [scene.ada, scene.ben], '2025-03-05');
    await projectAll();
    const statuses = async () =>
      (await recordsOf(db, scene.organizationId))
        .filter(({ user_id }) => user_id === scene.ada)
        .map(({ work_date, status }) => [work_date, status]);
    expect(await statuses()).toEqual([
      ['2025-03-03', 'present'],
      ['2025-03-04', 'open'],
    ]);
    await scene.append(scene.seen('2025-03-04T09:30:00Z', scene.ada));
    await projectAll();
    expect((await statuses())[1]).toEqual(['2025-03-04', 'present']);
    await expectReplayToBeTheSame();
  });

  it('of the cut-off leaves no sighting between two days', async () => {
    // Until the 3rd the day ends at 04:00, from the 4th on at 10:00.
    await scene.append(scene.seen('2025-03-04T05:00:00Z', scene.ada), scene.seen('2025-03-04T11:00:00Z', scene.ada));
    await projectAll();
    await scene.applyPolicy(1, '2025-03-04', { day_cutoff: '10:00' }, [scene.ada], '2025-03-05');
    await projectAll();
    const records = await recordsOf(db, scene.organizationId);
    expect(records.map(({ work_date, check_in_at }) => [work_date, check_in_at?.toISOString()])).toEqual([
      ['2025-03-03', '2025-03-04T05:00:00.000Z'],
      ['2025-03-04', '2025-03-04T11:00:00.000Z'],
    ]);
    await expectReplayToBeTheSame();
  });

  it('is computed in portions that each are a transaction', async () => {
    const users = [scene.ada, scene.ben];
    for (let step = 0; step < 3; step += 1) {
      await scene.change(() => Promise.resolve(), { users, from: '2024-01-01', to: '2024-12-31' });
    }
    const projector = startTestProjector(db);
    expect(await projector.project(scene.organizationId)).toBe('more');
    expect(await projector.projectAll(scene.organizationId)).toBe('done');
    expect(projector.figures.read()).toMatchObject({ batches: 3, events_projected: 3 });
  });
});

describe('leave and holidays', () => {
  it('turn an absence into leave, and back when the leave is withdrawn', async () => {
    await scene.assign(scene.ada, await scene.addShift(office), day, day);
    await projectAll();
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'absent', source: 'calendar' });
    const id = uuidV7();
    const span = { users: [scene.ada], from: day, to: day };
    await scene.change(
      (client) =>
        client.query(
          "insert into leaves (id, organization_id, user_id, starts_on, ends_on, kind) values ($1, $2, $3, $4, $4, 'sick')",
          [id, scene.organizationId, scene.ada, day],
        ),
      span,
    );
    await projectAll();
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'on_leave' });
    await scene.change((client) => client.query('update leaves set withdrawn_at = now() where id = $1', [id]), span);
    await projectAll();
    expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'absent' });
    await expectReplayToBeTheSame();
  });

  it('give people without shifts a record on days of the work week only', async () => {
    const write = (date: string) => async () => {
      await db.owner.query(
        "insert into holidays (id, organization_id, holiday_on, name) values ($1, $2, $3, 'Holiday')",
        [uuidV7(), scene.organizationId, date],
      );
    };
    // A Saturday and a Monday.
    for (const date of ['2025-03-01', '2025-03-03']) {
      await scene.change(write(date), { users: [scene.ada], from: date, to: date });
    }
    await projectAll();
    expect((await recordsOf(db, scene.organizationId)).map(({ work_date, status }) => [work_date, status])).toEqual([
      ['2025-03-03', 'holiday'],
    ]);
  });
});

describe('people who left', () => {
  it('get no record for days that had none', async () => {
    await scene.assign(scene.ada, await scene.addShift(office), '2025-03-03', '2025-03-03');
    await db.owner.query("update users set is_deleted = true, deleted_at = '2025-03-04' where id = $1", [scene.ada]);
    await scene.change(() => Promise.resolve(), { users: [scene.ada], from: '2025-03-03', to: '2025-03-10' });
    await projectAll();
    expect((await recordsOf(db, scene.organizationId)).map(({ work_date, status }) => [work_date, status])).toEqual([
      ['2025-03-03', 'absent'],
    ]);
  });
});
