import { buildOrganization, createTestDatabase, waitUntil, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jpegFile } from '../../../domain/image-files.test.js';
import { completeFrames } from '../../../testing/play-worker.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const MOST = 3;

let database: TestDatabase;
let gateway: TestGateway;
let flooding: BuiltUser;
let other: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { env: { MAX_WAITING_FRAMES: String(MOST) } });
  const principal = async () => buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  [flooding, other] = [await principal(), await principal()];
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const send = (as: BuiltUser) => {
  const fields = { source_type: 'camera', source_id: 'door', timestamp: '2025-03-03T08:59:12Z' };
  return gateway.call('POST', '/faces/recognize', { as, form: formOf({ fields, files: [['image', jpegFile()]] }) });
};
const answersSoon = (as: BuiltUser, status: number) =>
  waitUntil(`an answer ${String(status)}`, async () => {
    const answer = await send(as);
    return answer.status === status && answer;
  });

it('asks who fills the queue to come again, lets others in, and keeps nothing of what it refused', async () => {
  for (let sent = 0; sent < MOST; sent += 1) expect((await send(flooding)).status).toBe(202);
  const refused = await answersSoon(flooding, 429);
  expect(refused.body).toMatchObject({ success: false, code: 'TOO_MANY_REQUESTS' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const stored = await gateway.storedFiles();
  expect((await send(flooding)).status).toBe(429);
  expect(await gateway.storedFiles()).toEqual(stored);
  expect((await send(other)).status).toBe(202);

  await waitUntil('nothing waits', async () => (await completeFrames(database)).length === 0);
  await answersSoon(flooding, 202);
});
