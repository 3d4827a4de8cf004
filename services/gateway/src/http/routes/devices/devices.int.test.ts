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
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const path = '/v1/admin/device';
const entrance = { source_type: 'camera', source_id: 'entrance-1' } as const;
const create = (json: object = entrance, options: CallOptions = {}) =>
  gateway.call<DeviceWithKey>('POST', path, { as: admin, json, ...options });
const get = (id: string, as = admin) => gateway.call<DeviceOut>('GET', `${path}/${id}`, { as });
const list = async (as = admin, query = '') => (await gateway.call<DeviceOut[]>('GET', path + query, { as })).body;
const change = (id: string, version: number | string, json: object, as = admin) =>
  gateway.call<DeviceOut>('PATCH', `${path}/${id}`, { as, json, headers: { 'if-match': `"${version}"` } });
const remove = (id: string, version: number | string, as = admin) =>
  gateway.call('DELETE', `${path}/${id}`, { as, headers: { 'if-match': `"${version}"` } });
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

describe('POST /v1/admin/device', () => {
  it('adds a device with a key that works, and keeps the key nowhere', async () => {
    const answer = await create({ ...entrance, name: ' Entrance ', direction: 'in' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        code: 'DEVICE_CREATED',
        data: {
          previous_keys_end_at: null,
          device: {
            ...entrance,
            name: 'Entrance',
            direction: 'in',
            is_configured: true,
            scopes: ['recognize'],
            version: 1,
          },
        },
      },
    });
    const { device, api_key: key } = answer.body.data;
    expect(answer.headers.get('location')).toBe(`${path}/${device.device_id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(key).toMatch(/^rc_[\w-]{43}$/);
    expect(device.keys).toMatchObject([{ hint: `…${String(key).slice(-4)}`, expires_at: null, last_used_at: null }]);
    expect(await isGood(key)).toBe(true);
    expect(await lastEvent(device.device_id)).toMatchObject({
      type: 'device.created',
      actor: `user:${admin.id}`,
      payload: { device_id: device.device_id, api_key_id: device.keys[0]?.key_id },
      after: { name: 'Entrance' },
    });
    const { rows } = await database.owner.query<{ text: string }>(
      'select k::text as text from api_keys as k union all select e::text from events as e union all select d::text from audit_details as d',
    );
    expect(rows.filter(({ text }) => text.includes(String(key).slice(3)))).toEqual([]);
    expect(JSON.stringify(gateway.log)).not.toContain(String(key).slice(3));
  });

  it('takes over a source that only a frame named, with its id', async () => {
    const source = await buildSource(database.owner, admin.organizationId, { externalId: 'found-1' });
    await database.owner.query('update sources set is_configured = false where id = $1', [source.id]);
    expect((await list()).data).toMatchObject([{ device_id: source.id, is_configured: false, scopes: [], keys: [] }]);
    const device = await made({ source_type: 'camera', source_id: 'found-1', name: 'Back door' });
    expect(device).toMatchObject({ device_id: source.id, name: 'Back door', is_configured: true, version: 2 });
  });

  it('refuses a second device of the same name, but not of another type or organization', async () => {
    await made();
    const again = await create();
    expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT', errors: [{ path: '/source_id' }] } });
    await made({ ...entrance, source_type: 'kiosk' });
    expect(await create(entrance, { as: stranger })).toMatchObject({ status: 201 });
  });

  it('adds one of many that are added at once under one name', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create()));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('does the same call once, and shows the key once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => create(entrance, { headers })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.data.device.device_id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.data.api_key !== null)).toHaveLength(1);
    expect(answers.filter(({ headers: got }) => got.get('idempotency-replayed') === 'true')).toHaveLength(3);
    expect((await list()).data[0]?.keys).toHaveLength(1);
    const other = await create({ ...entrance, name: 'Other' }, { headers });
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it.each([
    ['nothing', {}, ['/source_type', '/source_id']],
    ['an unknown type', { ...entrance, source_type: 'drone' }, ['/source_type']],
    ['an unknown scope', { ...entrance, scopes: ['everything'] }, ['/scopes/0']],
    ['no scope', { ...entrance, scopes: [] }, ['/scopes']],
    ['a scope twice', { ...entrance, scopes: ['events', 'events'] }, ['/scopes']],
    ['a key of their own', { ...entrance, api_key: 'rc_mine' }, ['/api_key']],
    ['a line break in the name', { ...entrance, name: 'a\nb' }, ['/name']],
    ['a name that no frame may have', { ...entrance, source_id: 'front door' }, ['/source_id']],
    ['a NUL character', { ...entrance, source_id: 'a\0b' }, ['/source_id']],
    ['half a character', { ...entrance, name: 'a\ud800b' }, ['/name']],
  ])('refuses %s', async (_what, json, paths) => {
    const answer = await create(json);
    expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors.map((problem) => problem.path)).toEqual(paths);
  });

  it('is for admins', async () => {
    const operator = await buildPrincipal(database, admin.organizationId, 'OPERATOR');
    expect(await create(entrance, { as: operator })).toMatchObject({ status: 403 });
  });
});

describe('GET /v1/admin/device', () => {
  it('lists what there is, page by page, and nothing of others', async () => {
    await create(entrance, { as: stranger });
    for (const number of [1, 2, 3]) await made({ ...entrance, source_id: `door-${number}` });
    const first = await list(admin, '?limit=2');
    const second = await list(admin, `?limit=2&cursor=${first.meta.next_cursor ?? ''}`);
    expect([...first.data, ...second.data].map(({ source_id }) => source_id)).toEqual(['door-3', 'door-2', 'door-1']);
    expect(second.meta.next_cursor).toBeNull();
    expect(await gateway.call('GET', `${path}?cursor=rubbish`, { as: admin })).toMatchObject({ status: 422 });
  });
});

describe('another organization', () => {
  it('finds no device of this one by its id', async () => {
    const { device_id: id, key } = await made();
    expect(await get(id, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await change(id, 1, { direction: 'in' }, stranger)).toMatchObject({ status: 404 });
    expect(await remove(id, 1, stranger)).toMatchObject({ status: 404 });
    expect(await rotate(id, {}, { as: stranger })).toMatchObject({ status: 404 });
    expect(await get(id)).toMatchObject({ status: 200, body: { data: { version: 1 } } });
    expect(await isGood(key)).toBe(true);
  });
});

describe('PATCH /v1/admin/device/{device_id}', () => {
  it('changes what is named, and nothing else', async () => {
    const { device_id: id } = await made({ ...entrance, name: 'Entrance' });
    const answer = await change(id, 1, { direction: 'out', capture_mode: 'group', scopes: ['events', 'recognize'] });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: {
          name: 'Entrance',
          direction: 'out',
          capture_mode: 'group',
          scopes: ['recognize', 'events'],
          version: 2,
        },
      },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
    expect((await get(id)).body.data).toEqual(answer.body.data);
    expect(await lastEvent(id)).toMatchObject({
      type: 'device.updated',
      payload: { device_id: id, changed: ['capture_mode', 'direction', 'scopes'] },
      before: { direction: 'both' },
      after: { direction: 'out' },
    });
  });

  it('wants the version that was read', async () => {
    const { device_id: id } = await made();
    const bare = await gateway.call('PATCH', `${path}/${id}`, { as: admin, json: { direction: 'in' } });
    expect(bare).toMatchObject({ status: 428, body: { code: 'PRECONDITION_REQUIRED' } });
    const answers = await Promise.all(['in', 'out'].map((direction) => change(id, 1, { direction })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await get(id)).body.data.version).toBe(2);
  });

  it('switches a device off and on', async () => {
    const { device_id: id, key } = await made();
    await change(id, 1, { is_active: false });
    expect(await isGood(key)).toBe(false);
    await change(id, 2, { is_active: true });
    expect(await isGood(key)).toBe(true);
  });

  it('gives no scopes to a device without a key', async () => {
    const source = await buildSource(database.owner, admin.organizationId);
    expect(await change(source.id, 1, { scopes: ['events'] })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect(await get(source.id)).toMatchObject({ body: { data: { version: 1 } } });
  });
});

describe('DELETE /v1/admin/device/{device_id}', () => {
  it('ends its keys, also one that is being replaced, and hides it', async () => {
    const { device_id: id, key, keys } = await made();
    const rotated = (await rotate(id)).body.data;
    expect(await remove(id, 1)).toMatchObject({ status: 412 });
    expect(await remove(id, 2)).toMatchObject({ status: 200, body: { code: 'DEVICE_DELETED' } });
    expect(await isGood(key)).toBe(false);
    expect(await isGood(rotated.api_key)).toBe(false);
    expect(await lastEvent(id)).toMatchObject({ type: 'device.deleted', after: null });
    const ids = [keys[0]?.key_id, rotated.device.keys[0]?.key_id].toSorted();
    expect(await lastEvent(id)).toMatchObject({ payload: { device_id: id, api_key_ids: ids } });
    expect((await list()).data).toEqual([]);
    expect(await get(id)).toMatchObject({ status: 404 });
    expect(await remove(id, 3)).toMatchObject({ status: 404 });
    expect(await rotate(id)).toMatchObject({ status: 404 });
  });

  it('lets it come back as the same one, with a new key and none of the old', async () => {
    const gone = await made();
    await remove(gone.device_id, 1);
    const back = await made();
    expect(back).toMatchObject({ device_id: gone.device_id, is_active: true, keys: [{}] });
    expect(await isGood(gone.key)).toBe(false);
    expect(await isGood(back.key)).toBe(true);
  });
});
