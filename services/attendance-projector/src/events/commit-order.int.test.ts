import { appendEvents, ringEvents } from '@rollcall/event-log';
import { createDoorbell, createPool, type Pool } from '@rollcall/postgres';
import { queryValue, startCluster, waitUntil, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { composeProjection, type Projection } from './compose-projection.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';

// A cluster of its own: the horizon below which the log can be read belongs to all databases of a cluster.
let cluster: TestCluster;
let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.createDatabase();
  scene = await buildScene(db);
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});

const silent = { warn: () => undefined, error: () => undefined, info: () => undefined };

function startProjection(pollIntervalMs: number, pool = db.system): Projection {
  const figures = createProjectorFigures();
  const projection = composeProjection({
    pool,
    holder: uuidV7(),
    figures,
    logger: silent as never,
    pollIntervalMs,
  });
  projection.start();
  return projection;
}

/** The throwaway cluster acknowledges before it writes: without this a crash takes back what it said. */
async function flush(): Promise<void> {
  const admin = createPool({ connectionString: db.adminUrl, applicationName: 'test', onError: () => undefined });
  await admin.query('checkpoint');
  await admin.end();
}

describe('transactions that commit in another order than they began', () => {
  it('are all projected, in the order of the log', async () => {
    const [slow, fast] = [await db.system.connect(), await db.system.connect()];
    const [first, second] = [
      scene.seen('2025-03-03T09:00:00Z', scene.ada),
      scene.seen('2025-03-03T17:00:00Z', scene.ada),
    ];
    await slow.query('begin');
    await appendEvents(slow, [first]);
    await fast.query('begin');
    await appendEvents(fast, [second]);
    await fast.query('commit');
    fast.release();

    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    expect(await scene.count('attendance_logs')).toBe(0);
    await slow.query('commit');
    slow.release();
    await projector.projectAll(scene.organizationId);
    expect(await scene.records()).toEqual([
      expect.objectContaining({
        check_in_at: new Date('2025-03-03T09:00:00Z'),
        check_out_at: new Date('2025-03-03T17:00:00Z'),
        event_id: second.id,
      }),
    ]);
    await projector.leases.releaseAll();
  });

  it('are projected without a further ring once the older one has ended', async () => {
    // No poll within the life of this test: what is projected later is so because the loop looked again by itself.
    const looks = { begun: 0, ended: 0 };
    const projection = startProjection(3_600_000, watchLooks(looks));
    const older = await db.system.connect();
    await older.query('begin');
    await older.query('select pg_current_xact_id()');
    await scene.append(scene.seen('2025-03-04T09:00:00Z', scene.ben));
    const before = looks.begun;
    projection.ring();
    await waitUntil('it has looked in vain', () => looks.ended > before);
    expect(await scene.count('attendance_logs')).toBe(2);
    await older.query('commit');
    older.release();
    await waitUntil('the frame is projected', async () => (await scene.count('attendance_logs')) === 3);
    await projection.stop();
  });
});

/** The pool of the services' role, counting how often somebody looks for news in the log. */
function watchLooks(looks: { begun: number; ended: number }): Pool {
  const query = async (statement: { readonly name?: string }, ...rest: unknown[]): Promise<unknown> => {
    const isLook = statement.name === 'look-for-news';
    if (isLook) looks.begun += 1;
    try {
      return await (db.system.query as (...given: unknown[]) => Promise<unknown>).call(db.system, statement, ...rest);
    } finally {
      if (isLook) looks.ended += 1;
    }
  };
  return Object.assign(Object.create(db.system) as Pool, { query });
}

describe('waking up', () => {
  it('comes by the doorbell', async () => {
    const projection = startProjection(3_600_000);
    const doorbell = createDoorbell({
      ...{ connectionString: db.systemUrl, channels: ['rollcall_events'], enabled: true, logger: silent },
      onRing: () => projection.ring(),
    });
    doorbell.start();
    await waitUntil('the doorbell listens', () => doorbell.state() === 'listening');
    await scene.append(scene.seen('2025-03-05T09:00:00Z', scene.ben));
    await ringEvents(db.system as never);
    await waitUntil('the frame is projected', async () => (await scene.count('attendance_logs')) === 4);
    await doorbell.close();
    await projection.stop();
  });

  it('comes by the slow poll without it, also for an organization that is new', async () => {
    const projection = startProjection(50);
    const other = await buildScene(db);
    await other.append(other.seen('2025-03-06T09:00:00Z', other.ada));
    await waitUntil('the frame is projected', async () => (await other.count('attendance_logs')) === 1);
    await projection.stop();
  });

  it('goes on after the database went away and came back', async () => {
    const projection = startProjection(50);
    await scene.append(scene.seen('2025-03-07T09:00:00Z', scene.ada));
    await waitUntil('the frame is projected', async () => (await scene.count('attendance_logs')) === 5);
    await flush();
    await cluster.cluster.restart();
    await waitUntil('the database is back', async () => (await queryValue(db.system, 'select 1')) === 1);
    await scene.append(scene.seen('2025-03-07T17:00:00Z', scene.ada));
    await waitUntil('the frame is projected', async () => (await scene.count('attendance_logs')) === 6);
    await projection.stop();
  });
});
