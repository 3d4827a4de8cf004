import { loadCheckpoint, readEvents } from '@rollcall/event-log';
import type { Pool, PoolClient } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectedTypes } from '../domain/projected-types.js';
import { buildScene } from '../events/projection-fixture.test.js';
import { createBatchApplier } from './apply-batch.js';
import { PROJECTION } from './projection-name.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

/** A pool whose connections write down what is sent, and when they are given back. */
function recordingPool(pool: Pool): { readonly pool: Pool; readonly sent: string[] } {
  const sent: string[] = [];
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    const query = (...given: unknown[]): unknown => {
      const [first] = given as [string | { readonly text: string }];
      sent.push(typeof first === 'string' ? first : first.text);
      return (client.query as (...args: unknown[]) => unknown)(...given);
    };
    const release = (error?: Error | boolean): void => {
      sent.push('released');
      client.release(error);
    };
    return Object.assign(Object.create(client) as PoolClient, { query, release });
  };
  return { pool: Object.assign(Object.create(pool) as Pool, { connect }), sent };
}

describe('createBatchApplier', () => {
  it('writes nothing when the checkpoint stands elsewhere, and gives its connection back with nothing under way', async () => {
    const scene = await buildScene(db);
    const { organizationId } = scene;
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    const from = await loadCheckpoint(db.system, { projection: PROJECTION, organizationId });
    const page = await readEvents(db.system, { organizationId, after: from, limit: 200, types: projectedTypes });
    const { pool, sent } = recordingPool(db.system);
    const batch = { organizationId, from: page.next, to: page.next, events: page.events };
    expect(await createBatchApplier(pool)(batch)).toBe('superseded');
    expect(sent.slice(-2)).toEqual(['rollback', 'released']);
    const settled = sent.length;
    // Whoever has the connection next finds it quiet.
    await db.system.query('select 1');
    expect(sent).toHaveLength(settled);
    expect(await scene.count('attendance_logs')).toBe(0);
  });
});
