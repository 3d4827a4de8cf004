import type { DeviceOut, DeviceWithKey } from '@rollcall/contracts';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  buildPrincipal,
  startTestGateway,
  type CallOptions,
  type TestGateway,
} from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const path = '/v1/admin/device';
const entrance = { source_type: 'camera', source_id: 'entrance-1' } as const;
const create = (json: object = entrance, options: CallOptions = {}) =>
  gateway.call<DeviceWithKey>('POST', path, { as: admin, json, ...options });
const rotate = (id: string, json: object = {}, options: CallOptions = {}) =>
  gateway.call<DeviceWithKey>('POST', `${path}/${id}/rotate-key`, { as: admin, json, ...options });
/** Whether a key is good: the feed answers 403 to one that is known but has another scope, and 401 to all others. */
const isGood = async (key: string | null) =>
  (await gateway.call('GET', '/v1/events', { headers: { authorization: `Bearer ${String(key)}` } })).status !== 401;

async function made(json: object = entrance): Promise<DeviceOut & { readonly key: string }> {
  const answer = await create(json);
  expect(answer.status).toBe(201);
  return { ...answer.body.data.device, key: answer.body.data.api_key ?? '' };
}

async function lastEvent(id: string): Promise<unknown> {
  const { rows } = await database.owner.query(
    `select e.type, e.actor, e.payload, d.detail -> 'before' as before, d.detail -> 'after' as after
     from events as e join audit_details as d on d.event_id = e.id
     where e.subject = 'devices/' || $1 order by e.epoch desc, e.xid desc, e.position desc limit 1`,
    [id],
  );
  return rows[0];
}

describe('POST /v1/admin/device/{device_id}/rotate-key', () => {
  it('leaves the old key good for a day unless told otherwise', async () => {
    const before = await made({ ...entrance, scopes: ['recognize', 'events'] });
    const earliest = Date.now() + 86_400_000;
    const answer = await rotate(before.device_id);
    expect(answer).toMatchObject({ status: 201, body: { code: 'DEVICE_KEY_ROTATED' } });
    const { device, api_key: key, previous_keys_end_at: end } = answer.body.data;
    expect(Date.parse(end ?? '') - earliest).toBeGreaterThanOrEqual(0);
    expect(device).toMatchObject({ version: 2, scopes: ['recognize', 'events'] });
    expect(device.keys.map(({ expires_at }) => expires_at)).toEqual([null, end]);
    expect([await isGood(before.key), await isGood(key)]).toEqual([true, true]);
    expect(await lastEvent(before.device_id)).toMatchObject({
      type: 'device.key_rotated',
      payload: { previous_key_ids: [before.keys[0]?.key_id], previous_keys_end_at: end },
    });
  });

  it('ends the old keys at once when one got lost', async () => {
    const { device_id: id, key } = await made();
    const second = (await rotate(id)).body.data;
    const third = (await rotate(id, { overlap_seconds: 0 })).body.data;
    expect(third.previous_keys_end_at).toBeNull();
    expect(third.device.keys).toHaveLength(1);
    expect([await isGood(key), await isGood(second.api_key), await isGood(third.api_key)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('never gives an old key more time than it had', async () => {
    const { device_id: id } = await made();
    const first = (await rotate(id, { overlap_seconds: 60 })).body.data;
    const second = (await rotate(id, { overlap_seconds: 86_400 })).body.data;
    expect(second.device.keys.at(-1)?.expires_at).toBe(first.previous_keys_end_at);
  });

  it('does the same call once, and keeps a key good whoever rotates at once', async () => {
    const { device_id: id } = await made();
    const headers = { 'idempotency-key': 'once' };
    const same = await Promise.all([rotate(id, {}, { headers }), rotate(id, {}, { headers })]);
    expect(same.filter(({ body }) => body.data.api_key !== null)).toHaveLength(1);
    expect(await rotate(id, { overlap_seconds: 5 }, { headers })).toMatchObject({ status: 409 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => rotate(id, { overlap_seconds: 0 })));
    const good = await Promise.all(answers.map(({ body }) => isGood(body.data.api_key)));
    expect(good.filter(Boolean)).toHaveLength(1);
  });

  it('gives a source that only a frame named its first key', async () => {
    const source = await buildSource(database.owner, admin.organizationId);
    const answer = await rotate(source.id);
    expect(answer.body.data).toMatchObject({ previous_keys_end_at: null, device: { scopes: ['recognize'] } });
    expect(await isGood(answer.body.data.api_key)).toBe(true);
  });

  it.each([{ overlap_seconds: -1 }, { overlap_seconds: 1.5 }, { overlap_seconds: 10 ** 9 }, { overlap: 5 }])(
    'refuses %j',
    async (json) => {
      const { device_id: id } = await made();
      expect(await rotate(id, json)).toMatchObject({ status: 422 });
    },
  );
});
