import type { RequestTraceOut } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  createTestDatabase,
  matchingFace,
  recognitionResult,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildScene, startTestProjector } from '../events/projection-fixture.test.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

it('follows a matched frame to its attendance log, record, trail and notification, and no other frame', async () => {
  const scene = await buildScene(db);
  const { organizationId } = scene;
  const { rows } = await db.owner.query<{ external_id: string }>('select external_id from sources where id = $1', [
    scene.door,
  ]);
  const source = { organizationId, sourceType: 'camera', externalId: rows[0]?.external_id ?? '' };
  const worker = uuidV7();
  const frames: string[] = [];
  for (const userId of [scene.ada, scene.ben]) {
    const face = await buildFace(db.owner, { id: userId, organizationId });
    const { id } = await submitRecognition(db.gateway, source);
    await db.system.query(`select claim_recognitions($1, 5, '60 s')`, [worker]);
    await db.system.query('select complete_recognitions($1, $2::jsonb)', [
      worker,
      JSON.stringify([recognitionResult(id, [matchingFace(face)])]),
    ]);
    frames.push(id);
  }
  await startTestProjector(db).projectAll(organizationId);
  const trace = await withOrganization(db.gateway, organizationId, async (client) => {
    const answer = await client.query<{ trace: RequestTraceOut }>('select trace_request($1, 10000) as trace', [
      frames[0],
    ]);
    return answer.rows[0]?.trace;
  });
  const [log] = (
    await db.system.query<{ id: string; work_date: string }>(
      'select id, work_date from attendance_logs where organization_id = $1 and user_id = $2',
      [organizationId, scene.ada],
    )
  ).rows;
  const [record] = (await scene.records()).filter(({ user_id }) => user_id === scene.ada);
  expect(trace).toMatchObject({
    ...{ outcome: 'matched', projected: true },
    faces: [{ user_id: scene.ada, attendance_log_id: log?.id, record_id: expect.any(String) as string }],
    events: [
      ...['recognition.requested', 'recognition.completed', 'attendance.checked_in', 'attendance.record_changed'].map(
        (type) => ({ type }),
      ),
    ],
    audit: [{ action: 'attendance.record_changed' }],
    notifications: [{ type: 'attendance.checked_in' }],
  });
  expect(record?.evidence).toContain(log?.id);
});
