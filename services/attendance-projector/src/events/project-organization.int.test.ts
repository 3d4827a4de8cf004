import { INSTALLATION_ID } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector, storedTypes, type Scene } from './projection-fixture.test.js';

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildScene(db);
});

describe('from event to record', () => {
  it('writes sighting, record, derived events, trail and notification together with the checkpoint', async () => {
    const arrival = scene.seen('2025-03-03T08:59:12.000Z', scene.ada);
    await scene.append(arrival);
    expect(await startTestProjector(db).projectAll(scene.organizationId)).toBe('done');

    const { rows: logs } = await db.system.query<{ id: string }>(
      'select * from attendance_logs where organization_id = $1',
      [scene.organizationId],
    );
    const [log] = logs;
    expect(log).toMatchObject({
      ...{ user_id: scene.ada, kind: 'face', work_date: '2025-03-03', source_id: scene.door, decision: 'match' },
      ...{ captured_at: new Date('2025-03-03T08:59:12.000Z'), late_arrival: false, event_id: arrival.id },
      ...{ recognized_face_id: arrival.payload.faces[0]?.recognized_face_id, model_id: 'test-model' },
      ...{ gallery_version: '7', box: { x: 412.5, y: 188.25, width: 160, height: 160 } },
    });
    expect(await scene.records()).toEqual([
      expect.objectContaining({
        ...{ user_id: scene.ada, status: 'open', check_in_at: new Date('2025-03-03T08:59:12.000Z') },
        ...{ evidence: [log?.id], event_id: arrival.id },
      }),
    ]);
    expect(await storedTypes(db, scene.organizationId)).toEqual([
      ...['recognition.completed', 'attendance.checked_in', 'attendance.record_changed'],
    ]);
    const { rows: notifications } = await db.system.query(
      'select user_id, role_id, type, epoch from notifications where organization_id = $1',
      [scene.organizationId],
    );
    expect(notifications).toEqual([{ user_id: scene.ada, role_id: null, type: 'attendance.checked_in', epoch: 1 }]);
    const { rows: trail } = await db.system.query(
      `select a.action, d.detail from audit_logs a join audit_details d using (event_id) where a.organization_id = $1`,
      [scene.organizationId],
    );
    expect(trail).toEqual([
      { action: 'attendance.record_changed', detail: expect.objectContaining({ before: null }) as unknown },
    ]);
  });

  it('comes to the same record in whichever order frames arrive, and however often', async () => {
    const frames = [
      scene.seen('2025-03-03T09:00:00Z', scene.ada, scene.ben),
      scene.seen('2025-03-03T09:00:20Z', scene.ada),
      scene.seen('2025-03-03T12:30:00Z', scene.ben),
      scene.seen('2025-03-03T17:30:00Z', scene.ada),
    ];
    await scene.append(...frames);
    await startTestProjector(db).projectAll(scene.organizationId);
    const inOrder = (await scene.records()).map(({ event_id: _, evidence: __, user_id, ...record }) => ({
      ...record,
      who: user_id === scene.ada ? 'ada' : 'ben',
    }));
    expect(inOrder).toHaveLength(2);
    expect(inOrder.find(({ who }) => who === 'ada')).toMatchObject({ worked_minutes: 510, status: 'present' });

    const other = await buildScene(db);
    const people: Readonly<Record<string, string>> = { [scene.ada]: other.ada, [scene.ben]: other.ben };
    const again = frames.toReversed().map((event) =>
      other.frame(
        event.payload.captured_at,
        event.payload.faces.map((face) => ({
          ...face,
          recognized_face_id: uuidV7(),
          user_id: people[face.user_id ?? ''] ?? null,
        })),
      ),
    );
    const projector = startTestProjector(db);
    for (const event of again) {
      await other.append(event);
      await projector.projectAll(other.organizationId);
    }
    // The same frames once more, as new events: the faces in them are known.
    await other.append(...again.map((event) => newEvent({ ...event, id: uuidV7() })));
    await projector.projectAll(other.organizationId);
    const reversed = (await other.records()).map(({ event_id: _, evidence: __, user_id, ...record }) => ({
      ...record,
      who: user_id === other.ada ? 'ada' : 'ben',
    }));
    expect(reversed).toEqual(inOrder);
    expect(await other.count('attendance_logs')).toBe(5);
  });

  it('dates a night in the organization’s time zone', async () => {
    const kolkata = await buildScene(db, { timezone: 'Asia/Kolkata' });
    await kolkata.append(
      kolkata.seen('2025-03-02T22:29:59Z', kolkata.ada),
      kolkata.seen('2025-03-02T22:30:00Z', kolkata.ben),
    );
    await startTestProjector(db).projectAll(kolkata.organizationId);
    expect((await kolkata.records()).map(({ user_id, work_date }) => [user_id, work_date])).toEqual([
      [kolkata.ada, '2025-03-02'],
      [kolkata.ben, '2025-03-03'],
    ]);
  });

  it('uses the policy version that holds for the day and names it', async () => {
    const versionId = uuidV7();
    await db.owner.query(
      `insert into policy_versions (id, organization_id, version, valid_from, rules, created_at)
       values ($1, $2, 1, '2025-03-04', '{"min_interval_seconds": 3600}', '2025-01-01')`,
      [versionId, scene.organizationId],
    );
    for (const day of ['2025-03-03', '2025-03-04']) {
      await scene.append(scene.seen(`${day}T09:00:00Z`, scene.ada), scene.seen(`${day}T09:30:00Z`, scene.ada));
    }
    await startTestProjector(db).projectAll(scene.organizationId);
    const { rows } = await db.system.query(
      'select work_date, visit_count, policy_version_id from attendance_records where organization_id = $1 order by work_date',
      [scene.organizationId],
    );
    expect(rows).toEqual([
      { work_date: '2025-03-03', visit_count: 2, policy_version_id: null },
      { work_date: '2025-03-04', visit_count: 1, policy_version_id: versionId },
    ]);
  });

  it('writes no attendance for reviews, strangers and synthetic results', async () => {
    await scene.append(
      scene.frame('2025-03-03T09:00:00Z', [
        scene.face('review', scene.ada),
        scene.face('unknown'),
        scene.face('rejected'),
      ]),
      scene.frame('2025-03-03T09:00:00Z', [scene.face('match', scene.ada), scene.face('unknown')], { synthetic: true }),
    );
    await startTestProjector(db).projectAll(scene.organizationId);
    expect([await scene.count('attendance_logs'), await scene.count('attendance_records')]).toEqual([0, 0]);
    const { rows } = await db.system.query('select type from notifications where organization_id = $1 order by type', [
      scene.organizationId,
    ]);
    expect(rows).toEqual([{ type: 'attendance.unknown_face_seen' }, { type: 'review.waiting' }]);
  });

  it('keeps the installation’s own trail, and does not tell anybody of it', async () => {
    const refused = newEvent({
      ...{ type: 'session.refused', organizationId: INSTALLATION_ID, subject: 'sessions', actor: 'system:gateway' },
      ...{ correlationId: uuidV7(), occurredAt: new Date(), payload: { user_id: null, reason: 'unknown_user' } },
    });
    await scene.append(refused);
    const projector = startTestProjector(db);
    await projector.projectAll(INSTALLATION_ID);
    expect(projector.trouble).toEqual([]);
    const sql = 'select action from audit_logs where organization_id = $1 and event_id = $2';
    expect(await queryValue(db.system, sql, [INSTALLATION_ID, refused.id])).toBe('session.refused');
  });

  it('projects more than a batch, in order', async () => {
    const frames = Array.from({ length: 250 }, (_, index) =>
      scene.seen(new Date(Date.UTC(2025, 2, 3, 8, 0, index * 10)).toISOString(), scene.ada),
    );
    await scene.append(...frames);
    const projector = startTestProjector(db);
    expect(await projector.project(scene.organizationId)).toBe('more');
    expect(await projector.projectAll(scene.organizationId)).toBe('done');
    expect(projector.figures.read()).toMatchObject({ batches: 2, events_projected: 250 });
    expect(await scene.count('attendance_logs')).toBe(250);
    expect(await scene.records()).toHaveLength(1);
  });
});
