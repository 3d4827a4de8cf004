import { newEvent } from '@rollcall/event-log';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  db = await createTestDatabase();
  scene = await buildScene(db);
});
afterAll(() => db.close());

const punch = (at: string, method: 'pin' | 'qr') =>
  newEvent<'attendance.punched'>({
    type: 'attendance.punched',
    organizationId: scene.organizationId,
    subject: `users/${scene.ada}`,
    actor: `device:${scene.door}`,
    correlationId: uuidV7(),
    payload: {
      check_in_id: uuidV7(),
      user_id: scene.ada,
      source_id: scene.door,
      method,
      direction: 'both',
      captured_at: `2025-03-03T${at}.000Z`,
      received_at: `2025-03-03T${at}.400Z`,
      late_arrival: false,
    },
    occurredAt: new Date(),
  });

describe('a check-in without a face', () => {
  it('ends in the same records, shares its visit with faces, and comes out the same in a replay', async () => {
    await scene.append(
      punch('08:58:00', 'pin'),
      scene.seen('2025-03-03T08:58:30.000Z', scene.ada),
      scene.seen('2025-03-03T12:00:00.000Z', scene.ada),
      punch('17:03:00', 'qr'),
    );
    const projector = startTestProjector(db);
    await projector.projectAll(scene.organizationId);
    const { rows } = await db.system.query(
      `select check_in_at, check_out_at, status, worked_minutes, source, visit_count from attendance_records where organization_id = $1`,
      [scene.organizationId],
    );
    expect(rows).toEqual([
      {
        check_in_at: new Date('2025-03-03T08:58:00Z'),
        check_out_at: new Date('2025-03-03T17:03:00Z'),
        status: 'present',
        worked_minutes: 485,
        source: 'pin+qr',
        visit_count: 3,
      },
    ]);
    const { rows: told } = await db.system.query<{ type: string }>(
      "select type from events where organization_id = $1 and type in ('attendance.checked_in', 'attendance.checked_out') order by epoch, xid, position",
      [scene.organizationId],
    );
    expect(told.map(({ type }) => type)).toEqual([
      'attendance.checked_in',
      'attendance.checked_out',
      'attendance.checked_out',
    ]);
    const [before, counts] = [await scene.checksum(), await scene.counts()];
    await projector.leases.releaseAll();
    const logger = { warn: () => undefined, error: () => undefined };
    const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: logger as never };
    await replayOrganization(parts, scene.organizationId);
    expect(await scene.checksum()).toEqual(before);
    expect(await scene.counts()).toEqual(counts);
  });
});
