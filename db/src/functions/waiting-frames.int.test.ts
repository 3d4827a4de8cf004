import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  recognitionItem,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function buildQueue(sourceId: string, frames: number): Promise<string> {
  const { id } = await buildOrganization(db.owner);
  const source = await buildSource(db.owner, id, { id: sourceId });
  const items = Array.from({ length: frames }, () => recognitionItem(source));
  await db.gateway.query('select submit_recognitions($1::jsonb)', [JSON.stringify(items)]);
  return id;
}

it('counts everybody’s frames, also when one alone has as many as are asked for', async () => {
  const first = await buildQueue('00000000-0000-4000-8000-000000000001', 5);
  const last = await buildQueue('ffffffff-ffff-4fff-bfff-ffffffffffff', 3);
  const { rows } = await db.gateway.query('select organization_id, waiting::int from waiting_frames(4)');
  expect(rows).toEqual([
    { organization_id: first, waiting: 4 },
    { organization_id: last, waiting: 3 },
  ]);
});
