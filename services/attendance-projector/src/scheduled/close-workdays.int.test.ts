import { createPool } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCalendarScene, recordsOf, type CalendarScene } from '../events/calendar-fixture.test.js';
import { startTestProjector, storedTypes } from '../events/projection-fixture.test.js';
import { closeWorkdays } from './close-workdays.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const signal = new AbortController().signal;
let db: TestDatabase;
let scene: CalendarScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  // Every test has the organizations to itself.
  await db.owner.query('truncate organizations cascade');
  scene = await buildCalendarScene(db);
});
afterAll(() => db.close());

const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
const dateOf = (moment: Date) => moment.toISOString().slice(0, 10);
const noon = { starts_at: '09:00', ends_at: '12:00' };

/** A person who works from long ago, without what the assignment itself has computed. */
async function assignBefore(userId: string, shiftId: string): Promise<void> {
  const from = dateOf(daysAgo(60));
  await scene.assign(userId, shiftId, from, from);
}

async function projectAll(): Promise<void> {
  const projector = startTestProjector(db);
  await projector.projectAll(scene.organizationId);
  expect(projector.trouble).toEqual([]);
  await projector.leases.releaseAll();
}

const statusesSince = async (date: string) =>
  (await recordsOf(db, scene.organizationId))
    .filter(({ work_date }) => work_date >= date)
    .map(({ user_id, work_date, status }) => [user_id === scene.ada ? 'ada' : 'ben', work_date, status]);

const closings = async () => (await storedTypes(db, scene.organizationId)).filter((type) => type === 'workday.closed');

describe('work days that ended', () => {
  it('are made up for after days without a scheduler, each once', async () => {
    await assignBefore(scene.ada, await scene.addShift(noon));
    await scene.lookedAt(new Date(`${dateOf(daysAgo(3))}T00:00:00Z`));
    const since = dateOf(daysAgo(3));
    expect(await closeWorkdays(db.system, signal)).toBeGreaterThanOrEqual(3);
    expect(await closeWorkdays(db.system, signal)).toBe(0);
    await projectAll();
    const found = await statusesSince(since);
    expect(found.slice(0, 3)).toEqual([
      ['ada', dateOf(daysAgo(3)), 'absent'],
      ['ada', dateOf(daysAgo(2)), 'absent'],
      ['ada', dateOf(daysAgo(1)), 'absent'],
    ]);
    expect(await closings()).toHaveLength(found.length);
  });

  it('are closed once by schedulers that look at the same moment', async () => {
    await assignBefore(scene.ada, await scene.addShift(noon));
    await assignBefore(scene.ben, await scene.addShift(noon));
    await scene.lookedAt(new Date(`${dateOf(daysAgo(1))}T00:00:00Z`));
    await Promise.all([1, 2, 3].map(() => closeWorkdays(db.system, signal)));
    await projectAll();
    const found = await statusesSince(dateOf(daysAgo(1)));
    expect(found.filter(([, date]) => date === dateOf(daysAgo(1)))).toHaveLength(2);
    const { rows } = await db.system.query<{ user_id: string }>(
      `select payload ->> 'work_date' || unnested as user_id from events,
         jsonb_array_elements_text(payload -> 'user_ids') as unnested where type = 'workday.closed'`,
    );
    expect(new Set(rows.map(({ user_id }) => user_id)).size).toBe(rows.length);
  });

  it('leave alone who came; a frame that arrives late turns the absence into presence', async () => {
    const yesterday = dateOf(daysAgo(1));
    await assignBefore(scene.ada, await scene.addShift(noon));
    await assignBefore(scene.ben, await scene.addShift(noon));
    await scene.append(
      scene.seen(`${yesterday}T09:00:00Z`, scene.ben),
      scene.seen(`${yesterday}T12:00:00Z`, scene.ben),
    );
    await scene.lookedAt(new Date(`${yesterday}T00:00:00Z`));
    await closeWorkdays(db.system, signal);
    await projectAll();
    expect((await statusesSince(yesterday)).slice(0, 2).toSorted()).toEqual([
      ['ada', yesterday, 'absent'],
      ['ben', yesterday, 'present'],
    ]);
    await scene.append(
      scene.frame(`${yesterday}T09:20:00Z`, [scene.face('match', scene.ada)], { late_arrival: true }),
      scene.frame(`${yesterday}T12:00:00Z`, [scene.face('match', scene.ada)], { late_arrival: true }),
    );
    await projectAll();
    expect(await scene.recordOf(scene.ada, yesterday)).toMatchObject({
      status: 'late',
      late_minutes: 20,
      source: 'face',
    });
  });

  it('end where the organization is', async () => {
    const kiritimati = await buildCalendarScene(db, { timezone: 'Pacific/Kiritimati' });
    const shiftId = await kiritimati.addShift({ starts_at: '08:00', ends_at: '09:00' });
    await kiritimati.assign(kiritimati.ada, shiftId, '2025-01-01', '2025-01-01');
    // 09:00 there, 14 hours ahead of UTC.
    const end = new Date(`${dateOf(daysAgo(2))}T19:00:00Z`);
    await kiritimati.lookedAt(new Date(end.getTime() - 1));
    await closeWorkdays(db.system, signal);
    const { rows } = await db.system.query<{ payload: { work_date: string } }>(
      "select payload from events where organization_id = $1 and type = 'workday.closed' order by xid, position limit 1",
      [kiritimati.organizationId],
    );
    expect(rows[0]?.payload.work_date).toBe(dateOf(new Date(end.getTime() + 14 * HOUR)));
    await kiritimati.lookedAt(end);
    const before = await kiritimati.count('events');
    await db.owner.query('delete from shift_assignments');
    await closeWorkdays(db.system, signal);
    expect(await kiritimati.count('events')).toBe(before);
  });

  it('are closed where they can be, also when another organization’s cannot', async () => {
    const later = await buildCalendarScene(db);
    await db.owner.query("update organizations set timezone = 'Nowhere/Nothing' where id = $1", [scene.organizationId]);
    const from = dateOf(daysAgo(60));
    for (const each of [scene, later]) {
      await each.assign(each.ada, await each.addShift(noon), from, from);
      await each.lookedAt(daysAgo(2));
    }
    await expect(closeWorkdays(db.system, signal)).rejects.toThrow('days of 1 organizations stay open');
    expect(await storedTypes(db, later.organizationId)).toContain('workday.closed');
    expect(await closings()).toEqual([]);
  });

  describe('while others hold up organizations', () => {
    /** @returns what the run threw. */
    async function closeWhileHeld(ids: readonly string[]): Promise<unknown> {
      const settings = { lock_timeout: '100ms' };
      const onError = (): void => undefined;
      const pool = createPool({ connectionString: db.systemUrl, applicationName: 'test', settings, onError });
      const holder = await db.owner.connect();
      try {
        await holder.query('begin');
        await holder.query('select from organizations where id = any ($1) for update', [ids]);
        return await closeWorkdays(pool, signal).catch((error: unknown) => error);
      } finally {
        await holder.query('rollback');
        holder.release();
        await pool.end();
      }
    }

    async function buildScenes(count: number): Promise<CalendarScene[]> {
      const scenes = [scene];
      while (scenes.length < count) scenes.push(await buildCalendarScene(db));
      const from = dateOf(daysAgo(60));
      for (const each of scenes) await each.assign(each.ada, await each.addShift(noon), from, from);
      return scenes;
    }

    const hasClosed = async ({ organizationId }: CalendarScene) =>
      (await storedTypes(db, organizationId)).includes('workday.closed');

    it('those of the others are closed', async () => {
      const [first, later] = (await buildScenes(2)) as [CalendarScene, CalendarScene];
      await later.lookedAt(daysAgo(2));
      expect(String(await closeWhileHeld([first.organizationId]))).toContain('days of 1 organizations stay open');
      expect([await hasClosed(first), await hasClosed(later)]).toEqual([false, true]);
    });

    it('what else is due is not kept waiting for all of them', async () => {
      const scenes = await buildScenes(5);
      const ids = scenes.map(({ organizationId }) => organizationId);
      expect(String(await closeWhileHeld(ids))).toContain('days of 3 organizations stay open; 2 were not looked at');
    });
  });

  it('are those of people who were active at the shift, whatever they are when it is closed', async () => {
    const yesterday = dateOf(daysAgo(1));
    for (const id of [scene.ada, scene.ben]) await assignBefore(id, await scene.addShift(noon));
    // One is removed after the end of the shift, the other is switched off in it and comes back before it is closed.
    await db.owner.query('update users set is_deleted = true, is_active = false, deleted_at = $2 where id = $1', [
      scene.ada,
      `${yesterday}T12:00:01Z`,
    ]);
    await scene.switchActive(scene.ben, false, `${yesterday}T11:59:00Z`);
    await scene.switchActive(scene.ben, true, `${yesterday}T12:01:00Z`);
    await scene.lookedAt(new Date(`${yesterday}T00:00:00Z`));
    await closeWorkdays(db.system, signal);
    await projectAll();
    const found = await statusesSince(yesterday);
    expect(found.filter(([, date]) => date === yesterday)).toEqual([['ada', yesterday, 'absent']]);
  });

  it('are looked for up to the present and no further, however quickly that moves on', async () => {
    await assignBefore(scene.ada, await scene.addShift(noon));
    await scene.lookedAt(daysAgo(2.5));
    let transactions = 0;
    const counted = () => {
      transactions += 1;
    };
    db.system.on('acquire', counted);
    await closeWorkdays(db.system, signal);
    db.system.off('acquire', counted);
    // The list of organizations, and a window a day.
    expect(transactions).toBe(1 + 3);
  });

  it('are nobody’s who is inactive or was added later, and nothing is closed where nobody has shifts', async () => {
    expect(await closeWorkdays(db.system, signal)).toBe(0);
    await assignBefore(scene.ada, await scene.addShift(noon));
    await assignBefore(scene.ben, await scene.addShift(noon));
    await scene.switchActive(scene.ada, false, daysAgo(9).toISOString());
    await db.owner.query('update users set created_at = now() where id = $1', [scene.ben]);
    await scene.lookedAt(daysAgo(2));
    await closeWorkdays(db.system, signal);
    await projectAll();
    expect(await statusesSince(dateOf(daysAgo(2)))).toEqual([]);
  });

  it('tell of who was added during the shift that they left early, as days that are computed anew do', async () => {
    const yesterday = dateOf(daysAgo(1));
    await assignBefore(scene.ada, await scene.addShift(noon));
    await db.owner.query('update users set created_at = $2 where id = $1', [scene.ada, `${yesterday}T09:30:00Z`]);
    await scene.append(
      scene.seen(`${yesterday}T10:00:00Z`, scene.ada),
      scene.seen(`${yesterday}T11:00:00Z`, scene.ada),
    );
    await db.owner.query(`update events set recorded_at = $1 where type = 'recognition.completed'`, [
      `${yesterday}T11:00:01Z`,
    ]);
    await projectAll();
    expect(await scene.recordOf(scene.ada, yesterday)).toMatchObject({ status: 'present', early_leave_minutes: 0 });
    await scene.lookedAt(new Date(`${yesterday}T00:00:00Z`));
    await closeWorkdays(db.system, signal);
    await projectAll();
    const settled = { status: 'present', late_minutes: 0, early_leave_minutes: 60 };
    expect(await scene.recordOf(scene.ada, yesterday)).toMatchObject(settled);
  });
});
