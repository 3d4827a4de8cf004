import { defaultSystemConfig, type SystemConfigOut, type UserOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let stranger: BuiltUser;

const PATH = '/v1/admin/system-config';

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { cacheTtlMs: 60_000 } });
});

beforeEach(async () => {
  admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const get = (as = admin) => gateway.call<SystemConfigOut>('GET', PATH, { as });
const post = (json: unknown, headers: Record<string, string> = {}, as = admin) =>
  gateway.call<SystemConfigOut>('POST', PATH, { as, json, headers });
const patch = (json: unknown, ifMatch = '"0"', as = admin) =>
  gateway.call<SystemConfigOut>('PATCH', PATH, { as, json, headers: { 'if-match': ifMatch } });

describe('settings', () => {
  it('are the defaults while nothing was set', async () => {
    const answer = await get();
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { config: defaultSystemConfig, overridden: [], version: 0, updated_by: null, updated_at: null } },
    });
    expect(answer.headers.get('etag')).toBe('"0"');
  });

  it('change one by one, and null gives the default again', async () => {
    const first = await patch({ recognition: { match_threshold: 0.5, quality: { min_blur: 9 } } });
    expect(first).toMatchObject({
      status: 200,
      body: {
        data: {
          config: { recognition: { match_threshold: 0.5, min_margin: 0.05, quality: { min_blur: 9, min_size: 24 } } },
          overridden: ['/recognition/match_threshold', '/recognition/quality/min_blur'],
          version: 1,
          updated_by: admin.id,
        },
      },
    });
    expect(first.headers.get('etag')).toBe('"1"');
    const second = await patch({ recognition: { quality: { min_blur: null } }, capture: null }, '"1"');
    expect(second.body.data).toMatchObject({ overridden: ['/recognition/match_threshold'], version: 2 });
    const third = await patch({ recognition: null }, '"2"');
    expect(third.body.data).toMatchObject({ overridden: [], config: defaultSystemConfig, version: 3 });
    expect((await get()).body.data).toEqual(third.body.data);
  });

  it('are replaced as a whole: what is left out has its default again', async () => {
    await patch({ recognition: { min_margin: 0.1 } });
    const answer = await post({ enrolment: { max_images: 6 } });
    expect(answer.body.data).toMatchObject({ overridden: ['/enrolment/max_images'], version: 2 });
    expect(await post({}, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await post({}, { 'if-match': '"2"' })).toMatchObject({ status: 200, body: { data: { overridden: [] } } });
  });

  it('want the version that was read, and let one of two win', async () => {
    expect(await gateway.call('PATCH', PATH, { as: admin, json: {} })).toMatchObject({ status: 428 });
    expect(await patch({ sources: { accept_unknown: false } }, '"1"')).toMatchObject({ status: 412 });
    const both = await Promise.all([
      patch({ recognition: { min_margin: 0.1 } }),
      patch({ recognition: { min_margin: 0.2 } }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const [again] = await Promise.all([
      patch({ recognition: { min_margin: 0.3 } }, '"1"'),
      patch({ recognition: { min_margin: 0.4 } }, '"1"'),
    ]);
    expect([200, 412]).toContain(again.status);
    expect((await get()).body.data.version).toBe(2);
    await Promise.all([post({ images: { min_side: 50 } }), post({ images: { min_side: 51 } })]);
    expect((await get()).body.data.version).toBe(4);
  });

  it('leave version and trail alone when nothing differs', async () => {
    expect((await patch({ recognition: {} })).body.data.version).toBe(0);
    await patch({ recognition: { min_margin: 0.1 } });
    expect((await post({ recognition: { min_margin: 0.1 } }, { 'if-match': '"1"' })).body.data.version).toBe(1);
    const { rows } = await database.owner.query(
      `select e.type, e.actor, e.payload, d.detail -> 'before' as before, d.detail -> 'after' as after
       from events as e join audit_details as d on d.event_id = e.id where e.organization_id = $1`,
      [admin.organizationId],
    );
    expect(rows).toEqual([
      {
        type: 'system_config.changed',
        actor: `user:${admin.id}`,
        payload: { version: 1, changed: ['/recognition/min_margin'] },
        before: { '/recognition/min_margin': 0.05 },
        after: { '/recognition/min_margin': 0.1 },
      },
    ]);
  });

  it.each([
    [{ recognition: { match_threshold: 1.5 } }, '/recognition/match_threshold'],
    [{ recognition: { match_threshold: '0.5' } }, '/recognition/match_threshold'],
    [{ recognition: { quality: { min_blur: 'sharp' } } }, '/recognition/quality/min_blur'],
    [{ recognition: { matchThreshold: 0.5 } }, '/recognition/matchThreshold'],
    [{ recognition: 5 }, '/recognition'],
    [{ recognition: { liveness: 'maybe' } }, '/recognition/liveness'],
    [{ recognition: { match_threshold: 0.3 } }, '/recognition/match_threshold'],
    [{ recognition: { review_threshold: 0.6 } }, '/recognition/review_threshold'],
    [{ recognition: { review_threshold: 0.6, match_threshold: 0.5 } }, '/recognition/review_threshold'],
    [{ enrolment: { min_images: 6 } }, '/enrolment/min_images'],
    [{ enrolment: { max_images: 2 } }, '/enrolment/max_images'],
    [{ enrolment: { min_good_images: 4 } }, '/enrolment/min_good_images'],
    [{ enrolment: { quality: { min_size: 20 } } }, '/enrolment/quality/min_size'],
    [{ images: { min_side: 2_000, max_pixels: 100_000 } }, '/images/max_pixels'],
  ])('are refused where they are wrong: %j', async (json, path) => {
    expect(await patch(json)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED', errors: [{ path }] } });
    expect((await get()).body.data.version).toBe(0);
  });

  it('are refused with a null where a whole is set', async () => {
    expect(await post({ recognition: { match_threshold: null } })).toMatchObject({ status: 422 });
  });

  it('are for admins of the organization alone', async () => {
    const operator = await buildPrincipal(database, admin.organizationId, 'OPERATOR');
    expect(await get(operator)).toMatchObject({ status: 403 });
    expect(await patch({ recognition: { min_margin: 0.1 } }, '"0"', operator)).toMatchObject({ status: 403 });
    await patch({ recognition: { min_margin: 0.1 } });
    expect((await get(stranger)).body.data).toMatchObject({ version: 0, overridden: [] });
  });

  it('hold for the next call of this gateway and the next claim of a worker', async () => {
    const { body } = await gateway.call<UserOut>('POST', '/v1/ops/user', { as: admin, json: { full_name: 'P' } });
    const tooFew = () =>
      gateway.call('POST', '/faces/register', {
        as: admin,
        form: formOf({ fields: { user_id: body.data.user_id }, files: [['images', new Uint8Array(10)]] }),
      });
    expect(await tooFew()).toMatchObject({ body: { code: 'WRONG_IMAGE_COUNT' } });
    await patch({ enrolment: { min_images: 1, min_good_images: 1 } });
    expect(await tooFew()).toMatchObject({ body: { code: 'NOT_AN_IMAGE' } });
    await database.owner.query(
      `insert into registration_requests (id, organization_id, user_id, requested_by, correlation_id, request_event_id, images)
       values ($1, $2, $3, 'user:x', $1, $1, '[]')`,
      [uuidV7(), admin.organizationId, body.data.user_id],
    );
    const claimed = await database.system.query<{ organization_id: string; system_config: unknown }>(
      "select * from claim_registrations($1, 100, '60 s')",
      [uuidV7()],
    );
    const mine = claimed.rows.find(({ organization_id }) => organization_id === admin.organizationId);
    expect(mine?.system_config).toEqual({ enrolment: { min_images: 1, min_good_images: 1 } });
  });
});
