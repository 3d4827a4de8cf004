import type { DeviceWithKey } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newDeviceKey } from '../auth/device-keys.js';
import { MOST_UNKNOWN_KEYS } from '../auth/unknown-key-throttle.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  // Time stands still: no attempt comes back while the test runs.
  gateway = await startTestGateway(database, { options: { clock: { now: () => new Date('2025-03-03T09:00:00Z') } } });
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const poll = (key: string) =>
  gateway.call('GET', '/v1/events?limit=1', { headers: { authorization: `Bearer ${key}` } });

it('made-up device keys are looked for away from frames, a bounded number of times, and close nobody else out', async () => {
  const admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  const json = { source_type: 'camera', source_id: 'entrance-1', scopes: ['recognize', 'events'] };
  const made = await gateway.call<DeviceWithKey>('POST', '/v1/admin/device', { as: admin, json });
  const real = made.body.data.api_key ?? '';
  expect((await poll(real)).status).toBe(200);

  const statuses: number[] = [];
  for (let index = 0; index < MOST_UNKNOWN_KEYS + 5; index += 1) statuses.push((await poll(newDeviceKey().key)).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(MOST_UNKNOWN_KEYS);
  expect(statuses.slice(-5)).toEqual([429, 429, 429, 429, 429]);
  const refused = await poll(newDeviceKey().key);
  expect([refused.body.code, refused.headers.get('retry-after')]).toEqual(['TOO_MANY_REQUESTS', '1']);

  // From the same address, and looked up anew: the test's gateway believes an answer for a millisecond.
  expect((await poll(real)).status).toBe(200);
  const { rows } = await database.owner.query<{ application_name: string }>(
    `select application_name from pg_stat_activity
     where datname = current_database() and application_name = 'rollcall-gateway keys'`,
  );
  expect(rows.length).toBeGreaterThan(0);
});
