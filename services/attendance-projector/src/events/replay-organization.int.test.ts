import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { resetProjection } from '../projections/reset-projection.js';
import { finishAbandonedReplays } from '../scheduled/finish-abandoned-replays.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;

/** Two weeks of two people at one door, with strangers, late frames and a review; one frame a transaction. */
async function appendTwoWeeks(): Promise<void> {
  for (let day = 3; day < 17; day += 1) {
    const date = `2025-03-${String(day).padStart(2, '0')}`;
    await scene.append(
      scene.seen(`${date}T08:5${String(day % 10)}:00Z`, scene.ada, scene.ben),
      scene.frame(`${date}T09:00:00Z`, [scene.face('unknown'), scene.face('review', scene.ada)]),
      scene.seen(`${date}T17:30:00Z`, scene.ada),
      scene.seen(`${date}T12:00:30Z`, scene.ben),
      scene.seen(`${date}T12:00:00Z`, scene.ben),
    );
  }
}

function replay(): Promise<void> {
  const logger = { warn: () => undefined, error: () => undefined };
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: logger as never };
  return replayOrganization(parts, scene.organizationId);
}

beforeAll(async () => {
  db = await createTestDatabase();
  scene = await buildScene(db);
  await appendTwoWeeks();
});
afterAll(() => db.close());

describe('a replay', () => {
  it('gives the same rows and writes no event, line or notification twice, whatever the batches were', async () => {
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    await projector.leases.releaseAll();
    const [before, counts] = [await scene.checksum(), await scene.counts()];
    expect(before).toMatchObject({ logs: 70, records: 28 });

    await replay();
    expect(await scene.checksum()).toEqual(before);
    expect(await scene.counts()).toEqual(counts);

    // Once more with rows that are damaged: a replay mends them.
    await db.owner.query(
      "update attendance_records set status = 'absent', worked_minutes = 1 where organization_id = $1",
      [scene.organizationId],
    );
    expect(await scene.checksum()).not.toEqual(before);
    await replay();
    expect(await scene.checksum()).toEqual(before);
  });

  it('deletes in short transactions, in which no running projector writes what the next one would delete', async () => {
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    const before = await scene.checksum();
    const left: number[] = [];
    await resetProjection(db.system, scene.organizationId, {
      page: 20,
      async onStep() {
        await projector.projectAll(scene.organizationId);
        // Over another connection: what it sees is committed.
        left.push((await scene.checksum()).logs);
        await expect(resetProjection(db.system, scene.organizationId)).rejects.toThrow('another replay');
      },
    });
    expect(left).toEqual([50, 30, 10, 0]);
    await projector.projectAll(scene.organizationId);
    expect(await scene.checksum()).toEqual(before);
    await projector.leases.releaseAll();
  });

  it('that is broken off while it deletes holds up the projection for minutes, not for ever', async () => {
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    const before = await scene.checksum();
    const cut = () => Promise.reject(new Error('killed'));
    await expect(resetProjection(db.system, scene.organizationId, { page: 20, onStep: cut })).rejects.toThrow('killed');
    await projector.projectAll(scene.organizationId);
    expect((await scene.checksum()).logs).toBe(50);

    const warnings: object[] = [];
    const logger = { warn: (line: object) => void warnings.push(line) };
    expect(await finishAbandonedReplays(db.system, logger as never)).toBe(0);
    await db.owner.query(`update projection_checkpoints set updated_at = now() - interval '3 minutes'`);
    expect(await finishAbandonedReplays(db.system, logger as never)).toBe(1);
    expect(warnings).toEqual([{ organization_id: scene.organizationId }]);
    await projector.projectAll(scene.organizationId);
    expect(await scene.checksum()).toEqual(before);
    await projector.leases.releaseAll();
  });

  it('that was broken off and cannot be finished holds up none of another organization', async () => {
    const scenes = [await buildScene(db), await buildScene(db)];
    const ids = scenes.map(({ organizationId }) => organizationId).toSorted();
    for (const id of ids) {
      const cut = () => Promise.reject(new Error('killed'));
      await expect(resetProjection(db.system, id, { onStep: cut })).rejects.toThrow('killed');
    }
    await db.owner.query(`update projection_checkpoints set updated_at = now() - interval '3 minutes'`);
    const lines: { organization_id: string; err?: Error }[] = [];
    const logger = { warn: (line: { organization_id: string }) => void lines.push(line) };
    const holder = await db.system.connect();
    try {
      await holder.query('select pg_advisory_lock(hashtext($1), hashtext($2))', ['rollcall replay', ids[0]]);
      const finishing = finishAbandonedReplays(db.system, logger as never);
      await expect(finishing).rejects.toThrow('replays of 1 organizations stay broken off');
      await holder.query('select pg_advisory_unlock_all()');
    } finally {
      holder.release();
    }
    expect(lines.filter(({ err }) => err !== undefined)).toMatchObject([{ organization_id: ids[0] }]);
    // The other one was finished; now the first can be, too.
    expect(await finishAbandonedReplays(db.system, logger as never, 0)).toBe(1);
  });

  it('may be asked for while a projector runs, which then finds its checkpoint gone', async () => {
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    const before = await scene.checksum();
    const replayed = replay();
    const state = { running: true };
    void replayed.finally(() => (state.running = false));
    // It holds the lease, and goes on as if nothing had happened.
    while (state.running) await projector.projectAll(scene.organizationId);
    await replayed;
    expect(await scene.checksum()).toEqual(before);
  });
});
