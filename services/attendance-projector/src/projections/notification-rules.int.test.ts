import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildScene, startTestProjector } from '../events/projection-fixture.test.js';
import { resetProjection } from './reset-projection.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

it('rules hold from their transaction on, and a replay tells nobody anything else', async () => {
  const scene = await buildScene(db);
  const stranger = (at: string) => scene.frame(at, [scene.face('unknown'), scene.face('review', scene.ada)]);
  const change = (version: number, rules: object) =>
    db.owner.query('insert into notification_rules (organization_id, version, rules) values ($1, $2, $3)', [
      scene.organizationId,
      version,
      JSON.stringify(rules),
    ]);
  const told = async () => {
    const { rows } = await db.system.query<{ id: string; type: string; role_id: number | null }>(
      'select id, type, role_id from notifications where organization_id = $1 order by position',
      [scene.organizationId],
    );
    return rows;
  };

  await scene.append(stranger('2025-03-03T09:00:00Z'));
  await change(1, { 'attendance.unknown_face_seen': { to_role: null }, 'attendance.checked_in': { to_role: 'ADMIN' } });
  await scene.append(stranger('2025-03-03T10:00:00Z'), scene.seen('2025-03-03T10:05:00Z', scene.ada));
  await change(2, { 'review.waiting': { to_role: 'ADMIN' } });
  await scene.append(stranger('2025-03-03T11:00:00Z'));
  await startTestProjector(db, { leaseMs: 1 }).projectAll(scene.organizationId);

  const first = await told();
  expect(first.map(({ type, role_id }) => [type, role_id])).toEqual([
    ['attendance.unknown_face_seen', 2],
    ['review.waiting', 2],
    ['review.waiting', 2],
    ['attendance.checked_in', null],
    ['attendance.checked_in', 1],
    ['attendance.unknown_face_seen', 2],
    ['review.waiting', 1],
  ]);

  await change(3, { 'attendance.unknown_face_seen': { to_role: 'ADMIN' }, 'review.waiting': { to_role: 'OPERATOR' } });
  await resetProjection(db.system, scene.organizationId);
  await startTestProjector(db, { leaseMs: 1 }).projectAll(scene.organizationId);
  expect(await told()).toEqual(first);
});
