import { loadCheckpoint, readEvents } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectedTypes } from '../domain/projected-types.js';
import { buildScene, type Scene } from '../events/projection-fixture.test.js';
import { createBatchApplier, type Batch, type BatchOutcome } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { createTwoTransactionApplier, dyingPool } from './two-transactions.test.js';

type ApplierOf = (pool: Pool) => (batch: Batch) => Promise<BatchOutcome>;

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

/** One look at the log from where the checkpoint stands, and what is there projected; false when there was nothing. */
async function projectOnce(scene: Scene, apply: (batch: Batch) => Promise<BatchOutcome>): Promise<boolean> {
  const { organizationId } = scene;
  const from = await loadCheckpoint(db.system, { projection: PROJECTION, organizationId });
  const page = await readEvents(db.system, { organizationId, after: from, limit: 200, types: projectedTypes });
  if (page.events.length === 0) return false;
  await apply({ organizationId, from, to: page.next, events: page.events });
  return true;
}

/**
 * A projector is killed before its first statement, its second, and so on, each time with two frames in the log; the next
 * one goes on where the checkpoint stands. How many sightings are missing or there twice, over all these deaths.
 */
async function dieEverywhere(applierOf: ApplierOf): Promise<{ deaths: number; lost: number; twice: number }> {
  const outcome = { deaths: 0, lost: 0, twice: 0 };
  for (let statement = 0; ; statement += 1) {
    const scene = await buildScene(db);
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada), scene.seen('2025-03-03T17:00:00Z', scene.ben));
    const dying = dyingPool(db.system, statement);
    const survived = await projectOnce(scene, applierOf(dying.pool)).then(
      () => true,
      () => false,
    );
    while (await projectOnce(scene, applierOf(db.system)));
    const sightings = await scene.count('attendance_logs');
    const records = await scene.count('attendance_records');
    outcome.lost += Math.max(0, 2 - Math.min(sightings, records));
    outcome.twice += Math.max(0, sightings - 2, records - 2);
    if (survived) return outcome;
    outcome.deaths += 1;
  }
}

describe('a projector that is killed at any statement', () => {
  it('loses nothing and does nothing twice, since effects and checkpoint are stored together', async () => {
    const { deaths, lost, twice } = await dieEverywhere(createBatchApplier);
    expect(deaths).toBeGreaterThan(5);
    expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  });

  it('loses frames when the checkpoint is stored in a transaction of its own', async () => {
    const { deaths, lost } = await dieEverywhere(createTwoTransactionApplier);
    expect(deaths).toBeGreaterThan(5);
    expect(lost).toBeGreaterThan(0);
  });
});
