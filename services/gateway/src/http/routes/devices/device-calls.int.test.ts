import type { DeviceWithKey, EventOut, RecognizeResponse } from '@rollcall/contracts';
import { operationList } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegFile } from '../../../domain/image-files.test.js';
import { lockDevice } from '../../../data-access/devices.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

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

const image = jpegFile();
const entrance = { source_type: 'camera', source_id: 'entrance-1' } as const;
const kiosk = { source_type: 'kiosk', source_id: 'kiosk-1' } as const;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

interface Made {
  readonly id: string;
  readonly key: string;
}

async function make(json: object = entrance): Promise<Made> {
  const answer = await gateway.call<DeviceWithKey>('POST', '/v1/admin/device', { as: admin, json });
  const { device, api_key: key } = answer.body.data;
  return { id: device.device_id, key: key ?? '' };
}

function send(
  key: string,
  source: { source_type: string; source_id: string } = entrance,
  headers: Record<string, string> = {},
) {
  const fields = { ...source, timestamp: '2025-03-03T08:59:12.000Z' };
  const form = formOf({ fields, files: [['image', image]] });
  return gateway.call<RecognizeResponse>('POST', '/faces/recognize', { form, headers: { ...bearer(key), ...headers } });
}

const result = (key: string, id: string) =>
  gateway.call<RecognizeResponse>('GET', `/faces/recognitions/${id}`, { headers: bearer(key) });
/** Waits for the first: an event is read once no older transaction of the server is open. */
const events = (key: string) =>
  gateway.call<EventOut[]>('GET', '/v1/events?limit=200&wait=10', { headers: bearer(key) });

describe('a device', () => {
  it('sends frames of its own source and reads their results, as itself', async () => {
    const { id, key } = await make();
    const answer = await send(key);
    expect(answer).toMatchObject({ status: 202, body: { data: { status: 'queued', ...entrance } } });
    const { recognition_id } = answer.body.data;
    expect(await result(key, recognition_id)).toMatchObject({ status: 200, body: { data: { recognition_id } } });
    const { rows } = await database.owner.query(
      'select requested_by, source_id, organization_id from recognition_requests where id = $1',
      [recognition_id],
    );
    expect(rows).toEqual([{ requested_by: `device:${id}`, source_id: id, organization_id: admin.organizationId }]);
  });

  it('leaves no line in the trail with a frame, unlike a person', async () => {
    const { id, key } = await make();
    await send(key);
    const { rows } = await database.owner.query('select type from events where actor = $1', [`device:${id}`]);
    expect(rows).toEqual([{ type: 'recognition.requested' }]);
  });

  it('cannot send as another source, existing or not, of its name but another type, nor by JSON', async () => {
    const camera = await make();
    const { key } = await make(kiosk);
    for (const source of [entrance, { ...kiosk, source_id: 'kiosk-2' }, { ...kiosk, source_type: 'camera' }]) {
      const answer = await send(key, source);
      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN', errors: [{ code: 'OTHER_SOURCE' }] } });
    }
    const json = { ...entrance, timestamp: '2025-03-03T08:59:12.000Z', image: image.toString('base64') };
    const answer = await gateway.call('POST', '/faces/recognize', { json, headers: bearer(key) });
    expect(answer).toMatchObject({ status: 403 });
    const { rows } = await database.owner.query(
      'select external_id from sources where organization_id = $1 order by 1',
      [admin.organizationId],
    );
    expect(rows).toEqual([{ external_id: 'entrance-1' }, { external_id: 'kiosk-1' }]);
    expect(
      await database.owner.query('select 1 from recognition_requests where source_id = $1', [camera.id]),
    ).toMatchObject({
      rowCount: 0,
    });
    expect(await gateway.storedFiles()).toEqual(
      expect.not.arrayContaining([expect.stringContaining(admin.organizationId)]),
    );
  });

  it('does not see what another camera saw', async () => {
    const [camera, other] = [await make(), await make(kiosk)];
    const { recognition_id } = (await send(camera.key)).body.data;
    expect(await result(other.key, recognition_id)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('speaks for every source of its organization when its scope says so', async () => {
    const camera = await make();
    const { key } = await make({ ...kiosk, scopes: ['recognize_any_source'] });
    const answer = await send(key, entrance);
    expect(answer).toMatchObject({ status: 202 });
    expect(await result(key, (await send(camera.key)).body.data.recognition_id)).toMatchObject({ status: 200 });
    expect(await result(camera.key, answer.body.data.recognition_id)).toMatchObject({ status: 200 });
  });

  it('sends frames while somebody is changing it', async () => {
    const { id, key } = await make();
    const changing = await database.owner.connect();
    try {
      await changing.query('begin');
      expect(await lockDevice(changing, id, new Date())).toMatchObject({ device_id: id });
      expect(await send(key)).toMatchObject({ status: 202 });
    } finally {
      await changing.query('rollback');
      changing.release();
    }
  });

  it('is known by its key in its own organization only', async () => {
    const { key } = await make({ ...entrance, scopes: ['recognize_any_source', 'events'] });
    const mine = (await send(key)).body.data.recognition_id;
    admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    const theirs = await make({ ...entrance, scopes: ['recognize_any_source', 'events'] });
    expect(await result(theirs.key, mine)).toMatchObject({ status: 404 });
    const told = (await events(theirs.key)).body.data;
    expect(new Set(told.map(({ organizationid }) => organizationid))).toEqual(new Set([admin.organizationId]));
  });

  it('reads the feed with the scope for it, and nothing else with that alone', async () => {
    const { id, key } = await make({ ...entrance, scopes: ['events'] });
    expect((await events(key)).body.data).toMatchObject([{ type: 'device.created', data: { device_id: id } }]);
    expect(await send(key)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const other = await make(kiosk);
    expect(await events(other.key)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('has idempotency keys of its own, which outlive a rotation', async () => {
    const { id, key } = await make();
    const headers = { 'idempotency-key': 'frame-1' };
    const first = await send(key, entrance, headers);
    const rotated = await gateway.call<DeviceWithKey>('POST', `/v1/admin/device/${id}/rotate-key`, {
      as: admin,
      json: {},
    });
    const again = await send(rotated.body.data.api_key ?? '', entrance, headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.data.recognition_id).toBe(first.body.data.recognition_id);
    const other = await make({ ...kiosk, scopes: ['recognize_any_source'] });
    expect((await send(other.key, entrance, headers)).headers.get('idempotency-replayed')).toBeNull();
  });

  it('is refused at once when its key was ended, and its frames are refused from everybody when it is gone', async () => {
    const { id, key } = await make();
    expect(await send(key)).toMatchObject({ status: 202 });
    await gateway.call('DELETE', `/v1/admin/device/${id}`, { as: admin, headers: { 'if-match': '"1"' } });
    expect(await send(key)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    const byAdmin = await send(gateway.tokenOf(admin));
    expect(byAdmin).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it.each([
    ['unknown', `rc_${'x'.repeat(43)}`],
    ['too short', 'rc_x'],
    ['of odd characters', `rc_${'+'.repeat(43)}`],
    ['empty', ''],
  ])('is refused with a key that is %s', async (_what, key) => {
    expect(await send(key)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('may call nothing but what takes devices, whatever its scopes', async () => {
    const { key } = await make({ ...entrance, scopes: ['recognize', 'recognize_any_source', 'events'] });
    const forPeople = operationList.filter(({ access }) => access !== 'public' && !access.includes('DEVICE'));
    expect(forPeople.length).toBeGreaterThan(15);
    for (const { method, path } of forPeople) {
      const filled = path.replaceAll(/\{\w+\}/g, '0198c0de-7a11-7c00-8000-00000000000a');
      const answer = await gateway.call(method.toUpperCase(), filled, { headers: bearer(key) });
      const seen = { method, path, status: answer.status, code: answer.body.code };
      expect(seen).toEqual({ method, path, status: 403, code: 'FORBIDDEN' });
    }
  });
});

describe('when a key was last used', () => {
  it('is written once in a while and at the end, not with a frame', async () => {
    const short = await startTestGateway(database);
    const { id, key } = await make();
    const lastUse = async () =>
      (await database.owner.query('select last_used_at from api_keys where source_id = $1', [id])).rows as unknown[];
    const call = () => short.call('GET', '/v1/events', { headers: bearer(key) });
    try {
      await call();
      await call();
      expect(await lastUse()).toEqual([{ last_used_at: null }]);
    } finally {
      await short.close();
    }
    expect(await lastUse()).toEqual([{ last_used_at: expect.any(Date) as unknown }]);
  });
});

describe('many frames of a device', () => {
  it('cost one look-up of its key', async () => {
    const slow = await startTestGateway(database, { options: { cacheTtlMs: 60_000 } });
    try {
      const { key } = await make({ ...entrance, scopes: ['events'] });
      for (let count = 0; count < 5; count += 1) {
        expect(await slow.call('GET', '/v1/events', { headers: bearer(key) })).toMatchObject({ status: 200 });
      }
      // Taken away behind the gateway's back: remembered for as long as this gateway was told to.
      await database.owner.query('update api_keys set revoked_at = now() where key_hash is not null');
      expect(await slow.call('GET', '/v1/events', { headers: bearer(key) })).toMatchObject({ status: 200 });
      expect(await gateway.call('GET', '/v1/events', { headers: bearer(key) })).toMatchObject({ status: 401 });
    } finally {
      await slow.close();
    }
  });
});

describe('a change of a device', () => {
  it('reaches the other gateways by a ring, long before they would look again', async () => {
    const other = await startTestGateway(database, { options: { cacheTtlMs: 3_600_000 } });
    try {
      const { id, key } = await make({ ...entrance, scopes: ['events'] });
      const call = () => other.call('GET', '/v1/events', { headers: bearer(key) });
      expect(await call()).toMatchObject({ status: 200 });
      await gateway.call('DELETE', `/v1/admin/device/${id}`, { as: admin, headers: { 'if-match': '"1"' } });
      await expect.poll(async () => (await call()).status, { interval: 50 }).toBe(401);
    } finally {
      await other.close();
    }
  });
});
