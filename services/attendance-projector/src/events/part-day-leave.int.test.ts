import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { buildCalendarScene, type CalendarScene } from './calendar-fixture.test.js';
import { startTestProjector } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

let db: TestDatabase;
let scene: CalendarScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  scene = await buildCalendarScene(db);
});
afterAll(() => db.close());

const day = '2025-03-03';

async function projectAll(): Promise<void> {
  const projector = startTestProjector(db);
  await projector.projectAll(scene.organizationId);
  expect(projector.trouble).toEqual([]);
  await projector.leases.releaseAll();
}

it('leave of the morning moves when somebody is late, from where it is known on', async () => {
  await scene.assign(scene.ada, await scene.addShift({ starts_at: '09:00', ends_at: '17:00' }), day, day);
  await scene.append(scene.seen(`${day}T13:05:00Z`, scene.ada), scene.seen(`${day}T17:00:00Z`, scene.ada));
  await projectAll();
  expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'late', late_minutes: 245 });
  const id = uuidV7();
  const span = { users: [scene.ada], from: day, to: day };
  await scene.change(
    (client) =>
      client.query(
        `insert into leaves (id, organization_id, user_id, starts_on, ends_on, kind, until_time)
         values ($1, $2, $3, $4, $4, 'training', '13:00')`,
        [id, scene.organizationId, scene.ada, day],
      ),
    span,
  );
  await projectAll();
  expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'late', late_minutes: 5 });
  const before = await scene.checksum();
  const logger = { warn: () => undefined, error: () => undefined } as never;
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger };
  await replayOrganization(parts, scene.organizationId);
  expect(await scene.checksum()).toEqual(before);
  await scene.change((client) => client.query('update leaves set withdrawn_at = now() where id = $1', [id]), span);
  await projectAll();
  expect(await scene.recordOf(scene.ada, day)).toMatchObject({ status: 'late', late_minutes: 245 });
});
