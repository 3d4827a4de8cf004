import { createTestDatabase, queryValue, waitUntil, type TestDatabase } from '@rollcall/testkit';
import { Logger, run } from 'graphile-worker';
import { migrations } from 'graphile-worker/dist/generated/sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schedulerMigration } from './migrate-scheduler.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

describe('the scheduler', () => {
  it('is at the newest migration of the installed graphile-worker', async () => {
    const newest = Math.max(...Object.keys(migrations).map((file) => Number.parseInt(file, 10)));
    expect(schedulerMigration).toBe(newest);
    const sql = 'select max(id) from graphile_worker.migrations';
    expect(await queryValue(db.system, sql)).toBe(newest);
  });

  it('runs jobs for the role of worker and projector', async () => {
    const done: unknown[] = [];
    const runner = await run({
      connectionString: db.systemUrl,
      noHandleSignals: true,
      logger: new Logger(() => () => undefined),
      taskList: { note: (payload) => void done.push(payload) },
      pollInterval: 100,
    });
    try {
      await runner.addJob('note', { a: 1 });
      await waitUntil('the job ran', () => done.length > 0);
    } finally {
      await runner.stop();
    }
    expect(done).toEqual([{ a: 1 }]);
  });

  it('is closed to the gateway', async () => {
    await expect(db.gateway.query(`select graphile_worker.add_job('note')`)).rejects.toThrow('permission denied');
  });
});
