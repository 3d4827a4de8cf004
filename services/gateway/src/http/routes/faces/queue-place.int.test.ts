import { buildOrganization, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jpegFile } from '../../../domain/image-files.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let db: TestDatabase;
let gateway: TestGateway;
beforeAll(async () => {
  db = await createTestDatabase();
  gateway = await startTestGateway(db);
});
afterAll(async () => {
  await gateway.close();
  await db.close();
});

it('gives a frame its place in the queue by its source, and its end by what the organization has set', async () => {
  const { id: organizationId } = await buildOrganization(db.owner);
  const operator = await buildPrincipal(db, organizationId, 'OPERATOR');
  await db.owner.query(`insert into system_configs (organization_id, body) values ($1, $2)`, [
    organizationId,
    JSON.stringify({ processing: { max_frame_age_minutes: 45 } }),
  ]);
  for (const sourceType of ['kiosk', 'camera']) {
    const fields = { source_type: sourceType, source_id: 'entrance-1', timestamp: '2025-03-03T08:59:12.000Z' };
    const form = formOf({ fields, files: [['image', jpegFile()]] });
    expect((await gateway.call('POST', '/faces/recognize', { as: operator, form })).status).toBe(202);
  }
  const { rows } = await db.owner.query<{ priority: number; minutes: number }>(
    `select priority, (extract(epoch from expires_at - received_at) / 60)::int as minutes
     from recognition_requests where organization_id = $1 order by priority desc`,
    [organizationId],
  );
  expect(rows).toEqual([
    { priority: 20, minutes: 45 },
    { priority: 0, minutes: 45 },
  ]);
});
