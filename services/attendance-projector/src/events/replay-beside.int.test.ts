import { createTestDatabase, queryValue, waitUntilBlocked, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resetProjection } from '../projections/reset-projection.js';
import {
  APPLICATION,
  countSame,
  once,
  rowIdentities,
  runBeside,
  transactionsOf,
  type OnStep,
} from './beside-fixture.test.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';

const DATES = ['2025-03-03', '2025-03-04', '2025-03-05', '2025-03-06'];

let db: TestDatabase;
let scene: Scene;
let projector: ReturnType<typeof startTestProjector>;
let checksum: Awaited<ReturnType<Scene['checksum']>>;
let counts: Awaited<ReturnType<Scene['counts']>>;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildScene(db);
  projector = startTestProjector(db);
  for (const date of DATES) {
    await scene.append(
      scene.seen(`${date}T09:00:00Z`, scene.ada, scene.ben),
      scene.frame(`${date}T10:00:00Z`, [scene.face('unknown'), scene.face('review', scene.ada)]),
      scene.seen(`${date}T17:30:00Z`, scene.ada),
    );
  }
  await projector.projectAll(scene.organizationId);
  [checksum, counts] = [await scene.checksum(), await scene.counts()];
});

const damage = (sql: string) => db.owner.query(`${sql} organization_id = $1`, [scene.organizationId]);
const run = (given: { mostRows?: number; onStep?: OnStep } = {}) => runBeside(db, scene.organizationId, given);
const identities = (table: string) => rowIdentities(db, table, scene.organizationId);
const project = () => projector.projectAll(scene.organizationId);

/** Rows of every kind that are not what the log says: 3 sightings and 5 records. */
async function damageAll(): Promise<void> {
  await damage(
    "update attendance_records set worked_minutes = 1, status = 'absent' where work_date = '2025-03-03' and",
  );
  await damage(`delete from attendance_records where work_date = '2025-03-04' and user_id = '${scene.ada}' and`);
  await damage("update attendance_records set work_date = '2025-03-28' where work_date = '2025-03-05' and");
  await damage(`delete from attendance_logs where work_date = '2025-03-06' and user_id = '${scene.ben}' and`);
  await damage("update attendance_logs set similarity = 0.1 where captured_at = '2025-03-03T17:30:00Z' and");
  await db.owner.query(
    `insert into attendance_logs (id, organization_id, user_id, kind, captured_at, received_at, work_date, direction, decision, event_id)
     values (gen_random_uuid(), $1, $2, 'face', '2025-03-10T09:00:00Z', now(), '2025-03-10', 'both', 'match', gen_random_uuid())`,
    [scene.organizationId, scene.ben],
  );
}

/** Of days that are damaged, of one whose record was right only as long as it was not computed again, and of a new one. */
const appendLate = () =>
  scene.append(
    scene.seen('2025-03-07T09:00:00Z', scene.ada, scene.ben),
    scene.seen('2025-03-03T18:30:00Z', scene.ada),
    scene.seen('2025-03-04T08:00:00Z', scene.ben),
    scene.seen('2025-03-06T16:00:00Z', scene.ben),
  );

/** Attendance is what it is after a replay from zero. */
async function expectWhole(size: object): Promise<void> {
  const after = await scene.checksum();
  expect(after).toMatchObject(size);
  await resetProjection(db.system, scene.organizationId);
  await project();
  expect(await scene.checksum()).toEqual(after);
}

describe('a replay beside', () => {
  it('changes nothing where attendance is what the log says', async () => {
    const [logs, records] = [await identities('attendance_logs'), await identities('attendance_records')];
    expect(await run()).toMatchObject({ logs: 0, records: 0, transactions: 1, told: false });
    expect(countSame(logs, await identities('attendance_logs'))).toBe(12);
    expect(countSame(records, await identities('attendance_records'))).toBe(8);
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
  });

  it('puts right what differs, in one transaction, tells nobody again and leaves all other rows where they are', async () => {
    await damageAll();
    const [logs, records] = [await identities('attendance_logs'), await identities('attendance_records')];
    expect(await run()).toMatchObject({ logs: 3, records: 5, transactions: 1, told: false });
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
    const [newLogs, newRecords] = [await identities('attendance_logs'), await identities('attendance_records')];
    expect([countSame(logs, newLogs), countSame(records, newRecords)]).toEqual([10, 3]);
    expect(new Set([...transactionsOf(logs, newLogs), ...transactionsOf(records, newRecords)]).size).toBe(1);
  });

  it('gives what a replay from zero gives', async () => {
    await damageAll();
    await run();
    await expectWhole({ logs: 12, records: 8 });
  });

  it.each(['built', 'compared'] as const)('takes in once what is projected after it has %s', async (step) => {
    await damageAll();
    const onStep = once(step, async () => {
      await appendLate();
      await project();
    });
    await run({ onStep });
    await expectWhole({ logs: 17, records: 10 });
  });

  it('has the projector wait at the checkpoint, and go on from there with the new rows', async () => {
    await damageAll();
    const late: { projected?: Promise<unknown> } = {};
    const onStep: OnStep = async (step) => {
      if (step === 'compared') await appendLate();
      if (step !== 'swapping') return;
      late.projected = project();
      await waitUntilBlocked(db);
    };
    await run({ onStep });
    expect(await late.projected).toBe('done');
    await expectWhole({ logs: 17, records: 10 });
  });

  it('lets nobody see a day missing, also when it takes many transactions', async () => {
    await damage("update attendance_records set worked_minutes = 1, status = 'absent' where");
    await damage('update attendance_logs set similarity = 0.1 where');
    const state = { running: true };
    const seen = new Set<string>();
    const sql = `select (select count(*) from attendance_logs where organization_id = $1) || '/' ||
                        (select count(distinct (user_id, work_date)) from attendance_records where organization_id = $1)`;
    const look = async () => {
      seen.add((await queryValue<string>(db.system, sql, [scene.organizationId])) ?? '');
    };
    const watching = (async () => {
      while (state.running) await look();
    })();
    const outcome = await run({ mostRows: 12, onStep: look }).finally(() => (state.running = false));
    await watching;
    expect(outcome).toMatchObject({ logs: 12, records: 8, transactions: 2 });
    expect([...seen]).toEqual(['12/8']);
    expect(await scene.checksum()).toEqual(checksum);
  });

  it('goes on with a person whose rows were swapped, while others are still to come', async () => {
    await damage("update attendance_records set worked_minutes = 1, status = 'absent' where");
    await damage('update attendance_logs set similarity = 0.1 where');
    const onStep = once('swapped', async () => {
      await scene.append(scene.seen('2025-03-03T19:00:00Z', scene.ada, scene.ben));
      await project();
    });
    await run({ mostRows: 12, onStep });
    await expectWhole({ logs: 14, records: 8 });
  });

  it('refuses, with nothing changed, when more of one person differs than a transaction may change', async () => {
    await damage('update attendance_logs set similarity = 0.1 where');
    const damaged = await scene.checksum();
    await expect(run({ mostRows: 3 })).rejects.toThrow('rows of the person');
    expect(await scene.checksum()).toEqual(damaged);
  });

  it('swaps fewer rows at once when the server finds a swap too long', async () => {
    await damageAll();
    let tries = 0;
    const onStep: OnStep = (step) => {
      if (step === 'swapping') tries += 1;
      return tries === 1 ? Promise.reject(Object.assign(new Error('canceled'), { code: '57014' })) : Promise.resolve();
    };
    expect(await run({ mostRows: 12, onStep })).toMatchObject({ logs: 3, records: 5, transactions: 2 });
    expect(await scene.checksum()).toEqual(checksum);
  });

  it('waits for a batch that is being written', async () => {
    await damageAll();
    const batch = await db.owner.connect();
    await batch.query('begin');
    await batch.query('select from projection_checkpoints where organization_id = $1 for update', [
      scene.organizationId,
    ]);
    const running = run();
    await waitUntilBlocked(db);
    await batch.query('commit');
    batch.release();
    expect(await running).toMatchObject({ logs: 3, records: 5 });
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
  });

  it('refuses another replay of the organization, and a place that was set back', async () => {
    await damageAll();
    const onStep = once('compared', async () => {
      await expect(run()).rejects.toThrow('another replay');
      await expect(resetProjection(db.system, scene.organizationId)).rejects.toThrow('another replay');
      await db.owner.query('delete from projection_checkpoints where organization_id = $1', [scene.organizationId]);
    });
    await expect(run({ onStep })).rejects.toThrow('was set back');
    await resetProjection(db.system, scene.organizationId, {
      onStep: () => expect(run()).rejects.toThrow(/another replay|is under way/),
    });
    expect(await run()).toMatchObject({ at: null, transactions: 0 });
  });

  it.each(['built', 'compared', 'swapping'] as const)(
    'is run again after its connection was cut when %s',
    async (step) => {
      await damageAll();
      const damaged = await scene.checksum();
      const onStep = once(step, async () => {
        await db.owner.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
          APPLICATION,
        ]);
      });
      await expect(run({ onStep })).rejects.toThrow();
      expect([await scene.checksum(), await scene.counts()]).toEqual([damaged, counts]);
      const left = `select count(*)::int from pg_class where relname in ('touched_days', 'differing_rows', 'swapped_rows')`;
      await expect.poll(() => queryValue(db.owner, left)).toBe(0);
      expect(await run()).toMatchObject({ logs: 3, records: 5 });
      expect(await scene.checksum()).toEqual(checksum);
    },
  );

  it('tells once what follows from the log and was never told', async () => {
    await damage('delete from derived_ids where');
    const events = counts.events ?? 0;
    expect(await run()).toMatchObject({ logs: 0, records: 0, told: true });
    const after = await scene.counts();
    expect(after).toEqual({ ...counts, events: events + (counts.derived_ids ?? 0) });
    expect(await run()).toMatchObject({ told: false });
    expect(await scene.counts()).toEqual(after);
  });

  it('holds no transaction between its steps, and passes over what an admin skipped', async () => {
    const poisoned = scene.seen('2025-03-07T09:00:00Z', uuidV7());
    await scene.append(poisoned, scene.seen('2025-03-07T17:00:00Z', scene.ben));
    await expect(project()).rejects.toThrow(poisoned.id);
    const held: unknown[] = [];
    const onStep: OnStep = async (step) => {
      if (step === 'built') {
        // Skipped while it runs.
        await db.owner.query(`begin; set local app.organization_id = '${scene.organizationId}';
          select skip_projection_event('attendance', '${poisoned.id}', 'test', 'user:admin'); commit`);
        await project();
      }
      const sql = 'select count(*)::int from pg_stat_activity where application_name = $1 and xact_start is not null';
      if (step !== 'swapping') held.push(await queryValue(db.owner, sql, [APPLICATION]));
    };
    await run({ onStep });
    expect(held).toEqual([0, 0, 0]);
    expect(await scene.checksum()).toMatchObject({ logs: 13, records: 9 });
  });
});
