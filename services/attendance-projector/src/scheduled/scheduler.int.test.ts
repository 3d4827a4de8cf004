import { createPool, recordHeartbeat, type Pool } from '@rollcall/postgres';
import { createLogger } from '@rollcall/service-kit';
import { queryValue, startCluster, waitUntil, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { freeSilentWorkers } from './free-silent-workers.js';
import { createScheduler, type Scheduler } from './scheduler.js';

// A cluster of its own: it is restarted on the way.
let cluster: TestCluster;
let db: TestDatabase;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.createDatabase();
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});

// Also after a failure: a scheduler that is left running takes the jobs of the tests after it.
const started: StartedScheduler[] = [];
afterEach(async () => {
  for (const { scheduler, pool } of started.splice(0)) {
    await scheduler.stop();
    await pool.end();
  }
  await db.system.query('delete from graphile_worker._private_jobs');
});

interface StartedScheduler {
  readonly scheduler: Scheduler;
  readonly pool: Pool;
  /** Whether connections are to be had. */
  reach(reachable: boolean): void;
  /** Connections refused so far. */
  refused(): number;
}

/** A scheduler with one task, on a pool of its own as in the service. */
function startScheduler(
  run: (signal: AbortSignal) => Promise<void>,
  { reachable = true }: { readonly reachable?: boolean } = {},
): StartedScheduler {
  const pool = createPool({
    ...{ connectionString: db.systemUrl, applicationName: 'scheduler', max: 3 },
    onError: () => undefined,
  });
  const connect = pool.connect.bind(pool) as (...given: unknown[]) => unknown;
  let refused = 0;
  // Refuses as a pool does whose server is not there.
  const guarded = (...given: unknown[]): unknown => {
    if (reachable) return connect(...given);
    refused += 1;
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const [callback] = given as [((error: Error) => void)?];
    if (callback === undefined) return Promise.reject(error);
    callback(error);
    return undefined;
  };
  Object.assign(pool, { connect: guarded });
  const lines: string[] = [];
  onTestFailed(() => {
    console.error(lines.join(''));
  });
  const scheduler = createScheduler({
    pool,
    tasks: [{ name: 'count', cron: '0 0 1 1 *', run }],
    logger: createLogger({ service: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    pollIntervalMs: 200,
  });
  scheduler.start();
  const network = { scheduler, pool, reach: (now: boolean) => void (reachable = now), refused: () => refused };
  started.push(network);
  return network;
}

const addJob = () => db.system.query(`select graphile_worker.add_job('count')`);

describe('the scheduler', () => {
  it('runs jobs as the system role, also after the database went away and came back', async () => {
    let runs = 0;
    const { scheduler } = startScheduler(() => Promise.resolve(void (runs += 1)));
    await addJob();
    await waitUntil('the job has run', () => runs === 1);

    await cluster.cluster.restart();
    await waitUntil('the database is back', async () => (await queryValue(db.system, 'select 1')) === 1);
    await addJob();
    await waitUntil('the next job has run', () => runs >= 2);
    // Between two runners there is none: the one before may have run the job, and ended of what the restart had cut.
    await waitUntil('a runner is there', () => scheduler.workerId()?.startsWith('pool-'));
  });

  it('waits for a database that is not there yet', async () => {
    let runs = 0;
    const network = startScheduler(() => Promise.resolve(void (runs += 1)), { reachable: false });
    await waitUntil('it was refused', () => network.refused() > 0);
    network.reach(true);
    await addJob();
    await waitUntil('the job has run', () => runs === 1);
  });

  it('survives that the end of a job cannot be written, and runs others afterwards', async () => {
    let runs = 0;
    const network = startScheduler(() => {
      runs += 1;
      if (runs === 1) network.reach(false);
      return Promise.resolve();
    });
    await waitUntil('a runner is there', () => network.scheduler.workerId());
    const first = network.scheduler.workerId();
    await addJob();
    // Other calls are refused before it, such as the one for the next job: only the end of the job ends the runner.
    await waitUntil('its end was refused', () => runs === 1 && network.scheduler.workerId() !== first);
    network.reach(true);
    await addJob();
    // The one whose end was not written is free again, and runs once more.
    await waitUntil('both have run', () => runs >= 3);
    const left = 'select count(*)::int from graphile_worker._private_jobs';
    await waitUntil('both have ended', async () => (await queryValue(db.system, left)) === 0);
  });

  it('lets the present job come to its end when it stops', async () => {
    const told: string[] = [];
    let finish = (): void => undefined;
    const { scheduler } = startScheduler(async () => {
      told.push('began');
      await new Promise<void>((resolve) => (finish = resolve));
      told.push('ended');
    });
    await addJob();
    await waitUntil('the job has begun', () => told.length === 1);
    const stopped = scheduler.stop().then(() => told.push('stopped'));
    finish();
    await stopped;
    expect(told).toEqual(['began', 'ended', 'stopped']);
  });
});

describe('freeing the jobs of silent workers', () => {
  it('unlocks those of a worker that has not beaten, leaves those of the others, and drops old rows', async () => {
    await db.owner.query('delete from worker_heartbeats');
    const beat = (schedulerId: string | null) =>
      recordHeartbeat(db.system, {
        workerId: uuidV7(),
        kind: 'attendance-projector',
        startedAt: new Date(),
        schedulerId,
        figures: {},
      });
    await beat('pool-silent');
    await beat('pool-alive');
    await beat(null);
    await db.owner.query(
      "update worker_heartbeats set beat_at = now() - interval '9 seconds' where graphile_worker_id = 'pool-silent'",
    );
    await db.owner.query(
      "update worker_heartbeats set beat_at = now() - interval '11 minutes' where graphile_worker_id is null",
    );
    await addJob();
    await addJob();
    await db.system.query(
      `with numbered as (select id, row_number() over (order by id) as number from graphile_worker._private_jobs)
       update graphile_worker._private_jobs as job
       set locked_at = now(), locked_by = case when number = 1 then 'pool-silent' else 'pool-alive' end
       from numbered where numbered.id = job.id`,
    );
    expect(await freeSilentWorkers(db.system)).toEqual({ unlocked: ['pool-silent'], dropped: 1 });
    const { rows } = await db.system.query('select locked_by from graphile_worker._private_jobs order by id');
    expect(rows).toEqual([{ locked_by: null }, { locked_by: 'pool-alive' }]);
    expect(await queryValue(db.system, 'select count(*)::int from worker_heartbeats')).toBe(2);
  });
});
