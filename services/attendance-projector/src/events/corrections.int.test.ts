import { appendEvents, newEvent } from '@rollcall/event-log';
import { withTransaction, type ClientBase } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildScene, startTestProjector, storedTypes, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;
let projector: ReturnType<typeof startTestProjector>;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  scene = await buildScene(db);
  projector = startTestProjector(db);
});
afterAll(() => db.close());

const DATE = '2025-03-03';

interface Entry {
  readonly checkIn?: string;
  readonly checkOut?: string;
  readonly status?: 'on_leave' | 'absent';
}

/** An entry by hand as the gateway writes it: the row and its event in one transaction. */
async function enterWith(client: ClientBase, { checkIn, checkOut, status }: Entry): Promise<string> {
  const id = uuidV7();
  const [inAt, outAt] = [checkIn, checkOut].map((time) => (time === undefined ? null : `${DATE}T${time}.000Z`));
  const payload = { correction_id: id, user_id: scene.ada, work_date: DATE };
  const times = { check_in_at: inAt ?? null, check_out_at: outAt ?? null, status: status ?? null };
  const event = newEvent<'attendance.corrected'>({
    ...about(id),
    type: 'attendance.corrected',
    payload: { ...payload, ...times },
  });
  await client.query(
    `insert into attendance_corrections (id, organization_id, user_id, work_date, check_in_at, check_out_at, status, reason, created_by, event_id)
     values ($1, $2, $3, $4, $5, $6, $7, 'a test', $3, $8)`,
    [id, scene.organizationId, scene.ada, DATE, times.check_in_at, times.check_out_at, times.status, event.id],
  );
  await appendEvents(client, [event]);
  return id;
}

const enter = (entry: Entry) => withTransaction(db.owner, (client) => enterWith(client, entry));

async function withdraw(id: string): Promise<void> {
  const payload = { correction_id: id, user_id: scene.ada, work_date: DATE };
  const type = 'attendance.correction_withdrawn';
  await withTransaction(db.owner, async (client) => {
    await client.query('update attendance_corrections set withdrawn_at = now(), withdrawn_by = $2 where id = $1', [
      id,
      scene.ada,
    ]);
    await appendEvents(client, [newEvent<typeof type>({ ...about(id), type, payload })]);
  });
}

function about(id: string) {
  return {
    organizationId: scene.organizationId,
    subject: `attendance-corrections/${id}`,
    actor: `user:${scene.ada}`,
    correlationId: uuidV7(),
    occurredAt: new Date(),
  };
}

const see = (time: string) => scene.append(scene.seen(`${DATE}T${time}.000Z`, scene.ada));
const project = () => projector.projectAll(scene.organizationId);

async function replay(): Promise<void> {
  await projector.leases.releaseAll();
  const logger = { warn: () => undefined, error: () => undefined };
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: logger as never };
  await replayOrganization(parts, scene.organizationId);
}

async function record(): Promise<string> {
  await project();
  const { rows } = await db.system.query<{ line: string }>(
    `select concat_ws(' ', to_char(check_in_at at time zone 'UTC', 'HH24:MI'), to_char(check_out_at at time zone 'UTC', 'HH24:MI'), status,
       worked_minutes, source, case when corrected then 'corrected from ' || coalesce(replaced::jsonb->>'status', 'nothing') end) as line
     from attendance_records where organization_id = $1`,
    [scene.organizationId],
  );
  return rows.map(({ line }) => line).join('; ');
}

describe('an entry by hand', () => {
  it('wins over frames, also those that come later, keeps what it replaced, and gives way when withdrawn', async () => {
    await see('08:58:00');
    expect(await record()).toBe('08:58 open 0 face');
    const id = await enter({ checkOut: '17:00:00' });
    expect(await record()).toBe('08:58 17:00 present 482 face+manual corrected from open');
    await see('18:30:00');
    expect(await record()).toBe('08:58 17:00 present 482 face+manual corrected from present');
    await withdraw(id);
    expect(await record()).toBe('08:58 18:30 present 572 face');
  });

  it('makes a record where nobody was seen, and takes it away with it', async () => {
    const id = await enter({ checkIn: '09:00:00', checkOut: '17:00:00' });
    expect(await record()).toBe('09:00 17:00 present 480 manual corrected from nothing');
    await withdraw(id);
    expect(await record()).toBe('');
    const told = await storedTypes(db, scene.organizationId);
    expect(told.filter((type) => type.startsWith('attendance.record'))).toEqual([
      'attendance.record_changed',
      'attendance.record_removed',
    ]);
    expect(told).not.toContain('attendance.checked_in');
  });

  it('is in the audit trail, and so is what became of it', async () => {
    await withdraw(await enter({ status: 'on_leave' }));
    await project();
    const { rows } = await db.system.query<{ action: string }>(
      'select action from audit_logs where organization_id = $1 order by sequence',
      [scene.organizationId],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'attendance.corrected',
      'attendance.record_changed',
      'attendance.correction_withdrawn',
      'attendance.record_removed',
    ]);
  });
});

describe('a replay', () => {
  it('comes to the same, whether events were projected one at a time or all at once', async () => {
    const steps = [
      () => see('08:58:00'),
      () => enter({ checkOut: '16:00:00' }),
      () => see('17:03:00'),
      () => enter({ checkIn: '08:00:00' }).then(withdraw),
      () => enter({ checkOut: '16:30:00' }),
      () => see('12:00:00'),
      () => enter({ status: 'on_leave' }).then(withdraw),
    ];
    for (const step of steps) {
      await step();
      await project();
    }
    const [before, counts] = [await scene.checksum(), await scene.counts()];
    expect(await record()).toBe('08:58 16:30 present 452 face+manual corrected from present');
    await replay();
    expect(await scene.checksum()).toEqual(before);
    expect(await scene.counts()).toEqual(counts);
  });

  it('comes to the same when an entry began before a frame and was committed after it', async () => {
    await see('08:58:00');
    await project();
    await withTransaction(db.owner, async (client) => {
      await enterWith(client, { checkOut: '16:00:00' });
      await see('17:03:00');
      await project();
    });
    await project();
    const [before, counts] = [await scene.checksum(), await scene.counts()];
    expect(await record()).toBe('08:58 16:00 present 422 face+manual corrected from present');
    await replay();
    expect(await scene.checksum()).toEqual(before);
    expect(await scene.counts()).toEqual(counts);
  });
});
