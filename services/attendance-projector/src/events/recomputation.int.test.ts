import { newEvent, appendEvents } from '@rollcall/event-log';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { takeInstalment } from '../projections/take-instalment.js';
import { buildCalendarScene, recordsOf, type CalendarScene } from './calendar-fixture.test.js';
import { composeProjection } from './compose-projection.js';
import { startTestProjector, storedTypes } from './projection-fixture.test.js';
import { createRecomputation } from './recompute-some.js';
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

/** A change of everybody's rules as the gateway makes it: rows, the event of the change, and the days it touches. */
async function applyPolicy(version: number, validFrom: string, rules: object, to: string): Promise<void> {
  const { organizationId } = scene;
  await withOrganization(db.owner, organizationId, async (client) => {
    const id = uuidV7();
    await client.query(
      'insert into policy_versions (id, organization_id, version, valid_from, rules) values ($1, $2, $3, $4, $5)',
      [id, organizationId, version, validFrom, JSON.stringify(rules)],
    );
    const event = newEvent<'attendance_policy.applied'>({
      ...{ type: 'attendance_policy.applied', organizationId, subject: `organizations/${organizationId}` },
      ...{ actor: 'user:1', correlationId: uuidV7(), occurredAt: new Date() },
      payload: { policy_version_id: id, version, valid_from: validFrom },
    });
    await appendEvents(client, [event]);
    await request(client, null, validFrom, to, event.id);
  });
}

function request(client: ClientBase, users: readonly string[] | null, from: string, to: string, cause = uuidV7()) {
  return client.query('select request_recomputation($1::uuid[], $2::date, $3::date, $4, $5, $6)', [
    ...[users, from, to, cause, uuidV7(), 'organizations/1'],
  ]);
}

const ask = (users: readonly string[] | null, from: string, to: string) =>
  withOrganization(db.gateway, scene.organizationId, (client) => request(client, users, from, to));

async function outstanding(): Promise<string[]> {
  const { rows } = await db.system.query<{ span: string }>(
    `select coalesce(case user_id when $2 then 'ada' when $3 then 'ben' end, 'all') || ' ' || from_date || ' ' || to_date
            || coalesce(' from ' || slice_from, '') as span
     from recomputation_spans where organization_id = $1 order by 1`,
    [scene.organizationId, scene.ada, scene.ben],
  );
  return rows.map(({ span }) => span);
}

async function expectReplayToBeTheSame(): Promise<void> {
  const [before, counts] = [await scene.checksum(), await scene.counts()];
  const logger = { warn: () => undefined, error: () => undefined } as never;
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger };
  await replayOrganization(parts, scene.organizationId);
  expect(await scene.checksum()).toEqual(before);
  expect(await scene.counts()).toEqual(counts);
}

async function addPeople(count: number): Promise<void> {
  await db.owner.query(
    `insert into users (id, organization_id, role_id, full_name, created_at)
     select gen_random_uuid(), $1, 3, 'Somebody', '2020-01-01' from generate_series(1, $2)`,
    [scene.organizationId, count],
  );
}

const records = () => scene.records();

describe('a change that reaches a year back for 5,000 people', () => {
  it('lets a frame that comes meanwhile pass within two steps, and leaves one event in the log, not thousands', async () => {
    await addPeople(5_000);
    const projector = startTestProjector(db);
    await applyPolicy(1, '2024-03-01', { day_cutoff: '03:00' }, '2025-03-01');
    expect(await storedTypes(db, scene.organizationId)).toEqual(['attendance_policy.applied']);
    for (let step = 0; step < 5; step += 1) expect(await projector.step(scene.organizationId)).toBe('more');
    expect((await storedTypes(db, scene.organizationId)).at(-1)).toBe('attendance.recomputation_requested');

    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    let steps = 0;
    while ((await records()).length === 0) {
      steps += 1;
      expect(steps).toBeLessThanOrEqual(2);
      await projector.step(scene.organizationId);
    }
    expect(await outstanding()).toEqual([expect.stringMatching(/^all 2024-03-01 2025-03-01 from 2025-02-16$/)]);
    await projector.leases.releaseAll();
  });
});

describe('instalments', () => {
  const year = { from: '2024-03-04', to: '2025-03-03' };

  it('come to what the change asked for, with frames between them, and replay the same', async () => {
    await addPeople(60);
    const seen = (at: string) => scene.append(scene.seen(at, scene.ada, scene.ben));
    // In the morning: the day before by the new rules.
    for (const day of ['03', '04', '05']) await seen(`2024-06-${day}T08:00:00Z`);
    for (const day of ['03', '04', '05']) await seen(`2024-06-${day}T20:00:00Z`);
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    await applyPolicy(1, '2024-05-10', { day_cutoff: '12:00' }, '2024-07-10');
    await seen('2024-06-03T23:00:00Z');
    for (let step = 0; (await projector.step(scene.organizationId)) === 'more'; step += 1) {
      if (step % 3 === 0) await seen(`2024-06-0${String(3 + ((step / 3) % 5))}T09:${String(10 + step)}:00Z`);
    }
    expect(projector.trouble).toEqual([]);
    await projector.leases.releaseAll();
    expect(await outstanding()).toEqual([]);
    expect((await recordsOf(db, scene.organizationId)).map(({ work_date }) => work_date)).toContain('2024-06-02');
    await expectReplayToBeTheSame();
  });

  it('leave what comes before them as it was decided, also when a replay meets all of it in one page', async () => {
    await scene.append(scene.seen('2024-06-03T20:00:00Z', scene.ada), scene.seen('2024-06-04T08:00:00Z', scene.ada));
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    await applyPolicy(1, '2024-06-01', { day_cutoff: '12:00' }, '2024-06-10');
    await scene.append(scene.seen('2024-06-03T23:00:00Z', scene.ada));
    await projector.projectAll(scene.organizationId);
    const before = await scene.recordOf(scene.ada, '2024-06-03');
    expect(before).toMatchObject({ check_out_at: new Date('2024-06-04T08:00:00Z') });
    await projector.leases.releaseAll();
    await expectReplayToBeTheSame();
  });

  it('are cut so that each is a moment of work, and cover every day of everybody once', async () => {
    await addPeople(38);
    await applyPolicy(1, '2024-12-01', {}, '2025-02-28');
    const projector = startTestProjector(db);
    while ((await projector.step(scene.organizationId)) === 'more');
    const days = new Map<string, number>();
    const { rows } = await db.system.query<{ payload: { user_ids: string[]; from: string; to: string } }>(
      `select payload from events where organization_id = $1 and type = 'attendance.recomputation_requested'`,
      [scene.organizationId],
    );
    for (const { payload } of rows) {
      const dates = (Date.parse(payload.to) - Date.parse(payload.from)) / 86_400_000 + 1;
      expect(dates * payload.user_ids.length).toBeLessThanOrEqual(500);
      for (const id of payload.user_ids) days.set(id, (days.get(id) ?? 0) + dates);
    }
    expect(days.size).toBe(40);
    expect(new Set(days.values())).toEqual(new Set([90]));
    await projector.leases.releaseAll();
  });

  it('go on where they stood when a projector dies, one at a time and whoever asks', async () => {
    await applyPolicy(1, year.from, {}, year.to);
    expect(await takeInstalment(db.system, scene.organizationId)).toBe(false);
    const first = startTestProjector(db, { leaseMs: 1 });
    expect(await first.step(scene.organizationId)).toBe('more');
    expect(await takeInstalment(db.system, scene.organizationId)).toBe(false);
    expect(await outstanding()).toEqual(['all 2024-03-04 2024-06-26']);
    const second = startTestProjector(db, { leaseMs: 1 });
    while ((await second.step(scene.organizationId)) === 'more');
    expect(await outstanding()).toEqual([]);
    const asked = `select count(*)::int from events where organization_id = $1 and type = 'attendance.recomputation_requested'`;
    expect(await queryValue(db.system, asked, [scene.organizationId])).toBe(2);
  });

  it('wait while the projection is dropped for a replay', async () => {
    await applyPolicy(1, year.from, {}, year.to);
    const projector = startTestProjector(db, { leaseMs: 1 });
    await projector.projectAll(scene.organizationId);
    await db.owner.query(
      "update projection_checkpoints set epoch = 32767, xid = '9223372036854775807' where organization_id = $1",
      [scene.organizationId],
    );
    expect(await takeInstalment(db.system, scene.organizationId)).toBe(false);
    expect(await outstanding()).toHaveLength(1);
  });
});

describe('a projector', () => {
  it('takes what is outstanding when it starts, of every organization, whoever asked for it', async () => {
    await applyPolicy(1, '2025-01-01', {}, '2025-01-31');
    const first = scene;
    scene = await buildCalendarScene(db);
    await applyPolicy(1, '2025-01-01', {}, '2025-01-31');
    const logger = { warn: () => undefined, error: () => undefined } as never;
    const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger };
    const projection = composeProjection({ ...parts, pollIntervalMs: 20, leaseMs: 1_000 });
    projection.start();
    const all = 'select count(*)::int from recomputation_spans where organization_id = any($1::uuid[])';
    const ids = [first.organizationId, scene.organizationId];
    await vi.waitFor(async () => expect(await queryValue(db.system, all, [ids])).toBe(0), 20_000);
    await projection.stop();
  });

  it('gives organizations their turns, and passes over those that are busy or have nothing to go on from', async () => {
    await db.owner.query('delete from recomputation_spans');
    const scenes: CalendarScene[] = [];
    for (let index = 0; index < 3; index += 1) {
      scene = await buildCalendarScene(db);
      await applyPolicy(1, '2020-01-01', {}, '2025-01-31');
      await startTestProjector(db, { leaseMs: 1 }).project(scene.organizationId);
      scenes.push(scene);
    }
    const [first, fresh, busy] = scenes.map(({ organizationId }) => organizationId).toSorted();
    const troubles: string[] = [];
    const recomputeSome = createRecomputation({ pool: db.system, onTrouble: (id) => void troubles.push(id) });
    await db.owner.query(`delete from projection_checkpoints where organization_id = $1`, [fresh]);
    expect(await recomputeSome(new Set([busy ?? '']))).toBe(true);
    // The first one's is under way, the second has projected nothing yet, the third is busy.
    expect(await recomputeSome(new Set([busy ?? '']))).toBe(false);
    expect(await recomputeSome(new Set())).toBe(true);
    const asked = `select organization_id from events where type = 'attendance.recomputation_requested'
                   and organization_id = any($1::uuid[]) order by xid`;
    const { rows } = await db.system.query<{ organization_id: string }>(asked, [[first, fresh, busy]]);
    expect(rows.map((row) => row.organization_id)).toEqual([first, busy]);
    expect(troubles).toEqual([]);
  });
});

describe('what a change says of days long past', () => {
  it('is in the records and in the feed, and nobody is told that they were late or absent then', async () => {
    const shift = await scene.addShift({ starts_at: '09:00', ends_at: '17:00' });
    await scene.append(scene.seen('2025-03-03T09:30:00Z', scene.ada), scene.seen('2025-03-03T17:00:00Z', scene.ada));
    const pattern = JSON.stringify([{ shift_id: shift, weekdays: [1, 2, 3, 4, 5] }]);
    await withOrganization(db.owner, scene.organizationId, async (client) => {
      await client.query(
        `insert into shift_assignments (id, organization_id, user_id, valid_from, pattern)
         values (gen_random_uuid(), $1, $2, '2025-03-03', $3)`,
        [scene.organizationId, scene.ada, pattern],
      );
      await request(client, [scene.ada], '2025-03-03', '2025-03-04');
    });
    const projector = startTestProjector(db);
    while ((await projector.step(scene.organizationId)) === 'more');
    await projector.leases.releaseAll();
    expect((await recordsOf(db, scene.organizationId)).map(({ status }) => status)).toEqual(['late', 'absent']);
    const told = 'select count(*)::int from notifications where organization_id = $1 and type = any($2::text[])';
    const types = ['attendance.late', 'attendance.absent'];
    expect(await queryValue(db.system, told, [scene.organizationId, types])).toBe(0);
  });
});

describe('what is outstanding', () => {
  it('widens when a change overlaps it or is next to it, and is not queued again when one is repeated', async () => {
    await ask(null, '2025-01-10', '2025-01-20');
    await ask(null, '2025-01-10', '2025-01-20');
    await ask(null, '2025-01-05', '2025-01-12');
    await ask(null, '2025-01-21', '2025-01-22');
    expect(await outstanding()).toEqual(['all 2025-01-05 2025-01-22']);
    await ask(null, '2025-02-10', '2025-02-20');
    expect(await outstanding()).toEqual(['all 2025-01-05 2025-01-22', 'all 2025-02-10 2025-02-20']);
    await ask(null, '2025-01-20', '2025-02-12');
    expect(await outstanding()).toEqual(['all 2025-01-05 2025-02-20']);
  });

  it('of a person joins with what is outstanding of them, and is none when everybody is', async () => {
    await ask([scene.ada, scene.ben, scene.ada], '2025-01-10', '2025-01-20');
    await ask([scene.ada], '2025-01-21', '2025-01-30');
    expect(await outstanding()).toEqual(['ada 2025-01-10 2025-01-30', 'ben 2025-01-10 2025-01-20']);
    await ask(null, '2025-01-05', '2025-01-25');
    expect(await outstanding()).toEqual(['ada 2025-01-10 2025-01-30', 'all 2025-01-05 2025-01-25']);
    await ask([scene.ben], '2025-01-05', '2025-01-25');
    expect(await outstanding()).toHaveLength(2);
  });

  it('that has begun keeps how far it has come, unless a change touches what is done', async () => {
    await addPeople(98);
    const projector = startTestProjector(db, { leaseMs: 1 });
    await applyPolicy(1, '2025-01-01', {}, '2025-03-31');
    await projector.step(scene.organizationId);
    expect(await outstanding()).toEqual(['all 2025-01-01 2025-03-31 from 2025-03-18']);
    await ask(null, '2024-12-01', '2025-03-17');
    await ask([scene.ada], '2025-01-01', '2025-03-17');
    expect(await outstanding()).toEqual(['all 2024-12-01 2025-03-31 from 2025-03-18']);
    await ask(null, '2025-03-18', '2025-03-18');
    expect(await outstanding()).toEqual(['all 2024-12-01 2025-03-31']);
  });

  it('belongs to one organization: nobody asks for days of another', async () => {
    const other = await buildCalendarScene(db);
    await expect(ask([other.ada], '2025-01-10', '2025-01-20')).rejects.toThrow(/foreign key/);
    expect(await outstanding()).toEqual([]);
  });
});
