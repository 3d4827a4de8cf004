import { digestDetail, readTrailLines, verifyChain } from '@rollcall/audit-trail';
import { newEvent } from '@rollcall/event-log';
import { appendEvents } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector, type Scene } from '../events/projection-fixture.test.js';

let db: TestDatabase;
let scene: Scene;
const salt = Buffer.alloc(16, 7);
const detail = { before: null, after: { full_name: 'Ada Example', email: 'ada@example.test' } };

beforeAll(async () => {
  db = await createTestDatabase();
  scene = await buildScene(db);
  const organizationId = scene.organizationId;
  const about = { organizationId, actor: `user:${scene.ben}`, correlationId: uuidV7(), occurredAt: new Date() };
  const created = newEvent({
    ...{ ...about, type: 'user.created', subject: `users/${scene.ada}`, payload: { user_id: scene.ada, role_id: 3 } },
  });
  await withTransaction(db.system, async (client) => {
    await appendEvents(client, [created]);
    await client.query('insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, $3, $4)', [
      ...[created.id, organizationId, JSON.stringify(detail), salt],
    ]);
  });
  const started = newEvent({
    ...{ ...about, type: 'session.started', subject: `users/${scene.ada}`, payload: { user_id: scene.ada } },
  });
  const projector = startTestProjector(db);
  await scene.append(started, scene.seen('2025-03-03T09:00:00Z', scene.ada, scene.ben));
  await projector.projectAll(organizationId);
  await scene.append(scene.seen('2025-03-03T17:00:00Z', scene.ada));
  await projector.projectAll(organizationId);
});
afterAll(() => db.close());

const lines = () => readTrailLines(db.system, scene.organizationId, 0, 1000);

describe('the audit trail', () => {
  it('has a line for each change, numbered without a gap over batches, and verifies to its head', async () => {
    const trail = await lines();
    expect(trail.map(({ sequence, action }) => [sequence, action])).toEqual([
      [1, 'user.created'],
      [2, 'session.started'],
      [3, 'attendance.record_changed'],
      [4, 'attendance.record_changed'],
      [5, 'attendance.record_changed'],
    ]);
    const { rows } = await db.system.query<{ sequence: string; hash: Buffer }>(
      'select sequence, hash from audit_chain_heads where organization_id = $1',
      [scene.organizationId],
    );
    const head = { sequence: Number(rows[0]?.sequence), hash: rows[0]!.hash };
    expect(verifyChain(trail, head)).toEqual({ ok: true, head });
  });

  it('holds a digest of the details, not the details', async () => {
    const [created, started] = await lines();
    expect(created?.detailDigest).toEqual(digestDetail(detail, salt));
    expect(started?.detailDigest).toBeNull();
  });

  it('still verifies when details are erased', async () => {
    await db.owner.query('delete from audit_details where organization_id = $1', [scene.organizationId]);
    expect(verifyChain(await lines())).toMatchObject({ ok: true });
  });
});
