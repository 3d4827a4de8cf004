import { createTestDatabase, waitUntilBlocked, type TestDatabase } from '@rollcall/testkit';
import { loadCheckpoint } from '@rollcall/event-log';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBatchApplier } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildScene(db);
});

describe('several projectors', () => {
  it('leave an organization to the one that holds its lease', async () => {
    const [first, second] = [startTestProjector(db), startTestProjector(db)];
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    expect(await first.projectAll(scene.organizationId)).toBe('done');
    await scene.append(scene.seen('2025-03-03T10:00:00Z', scene.ben));
    expect(await second.projectAll(scene.organizationId)).toBe('elsewhere');
    expect(await first.projectAll(scene.organizationId)).toBe('done');
    expect(await scene.count('attendance_logs')).toBe(2);
  });

  it('take over at once from one that ends in good order', async () => {
    const [first, second] = [startTestProjector(db), startTestProjector(db)];
    expect(await first.projectAll(scene.organizationId)).toBe('done');
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    await first.leases.releaseAll();
    expect(await second.projectAll(scene.organizationId)).toBe('done');
    expect(await scene.count('attendance_logs')).toBe(1);
  });

  it('take over when a lease has run out, and the one that wakes up later cannot commit', async () => {
    const [zombie, heir] = [startTestProjector(db, { leaseMs: 1 }), startTestProjector(db)];
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    await zombie.projectAll(scene.organizationId);
    const from = await loadCheckpoint(db.system, { projection: PROJECTION, organizationId: scene.organizationId });
    await scene.append(scene.seen('2025-03-03T17:00:00Z', scene.ada));

    expect(await heir.projectAll(scene.organizationId)).toBe('done');
    const [checksum, counts] = [await scene.checksum(), await scene.counts()];

    // The zombie still believes in its lease and in its checkpoint: that is what it knows from before.
    const late = scene.seen('2025-03-03T18:00:00Z', scene.ada);
    const stored = { ...late, epoch: 1, xid: '99999', position: '99999', recordedAt: new Date() };
    const batch = { organizationId: scene.organizationId, from, to: stored, events: [stored] };
    expect(await createBatchApplier(db.system)(batch)).toBe('superseded');
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
    // Not even what it could not have projected is of interest then: nobody is to be told of a poison event.
    const broken = { ...stored, occurredAt: new Date(Number.NaN), payload: { ...late.payload, captured_at: 'never' } };
    expect(await createBatchApplier(db.system)({ ...batch, events: [broken as typeof stored] })).toBe('superseded');
    // Back in its loop it finds out.
    zombie.pass(60_000);
    expect(await zombie.projectAll(scene.organizationId)).toBe('elsewhere');
  });

  it('wait for each other at the checkpoint when both believe to hold the lease; one of them writes', async () => {
    await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
    await startTestProjector(db, { leaseMs: 1 }).projectAll(scene.organizationId);
    const key = { projection: PROJECTION, organizationId: scene.organizationId };
    const from = await loadCheckpoint(db.system, key);
    const late = scene.seen('2025-03-03T17:00:00Z', scene.ada);
    const stored = { ...late, epoch: 1, xid: '99999', position: '99999', recordedAt: new Date() };
    const batch = {
      organizationId: scene.organizationId,
      from,
      to: { epoch: 1, xid: '99999', position: '99999' },
      events: [stored],
    };

    const blocker = await db.owner.connect();
    await blocker.query('begin');
    await blocker.query('select from projection_checkpoints where organization_id = $1 for update', [
      scene.organizationId,
    ]);
    const both = Promise.all([createBatchApplier(db.system)(batch), createBatchApplier(db.system)(batch)]);
    await waitUntilBlocked(db);
    await blocker.query('commit');
    blocker.release();
    expect((await both).toSorted()).toEqual(['applied', 'superseded']);
    expect(await scene.count('attendance_logs')).toBe(2);
  });
});
