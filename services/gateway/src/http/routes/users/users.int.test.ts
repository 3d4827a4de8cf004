import type { FaceOut, TokenPair, UserOut } from '@rollcall/contracts';
import {
  buildFace,
  buildOrganization,
  buildUser,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { newId } from '@rollcall/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const create = (json: unknown, headers: Record<string, string> = {}, as = operator) =>
  gateway.call<UserOut>('POST', '/v1/ops/user', { as, json, headers });
const list = (query = '', as = operator) => gateway.call<UserOut[]>('GET', `/v1/ops/user${query}`, { as });
const names = (answer: Answer<UserOut[]>) => answer.body.data.map((user) => user.full_name);

describe('POST /v1/ops/user', () => {
  it('adds a person who can then sign in and sees themselves', async () => {
    const answer = await create({
      full_name: ' Ada Lovelace ',
      email: 'Ada@Example.test',
      password: 'a-long-enough-password',
      employee_code: 'E-1',
      department: 'Engineering',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        code: 'USER_CREATED',
        data: { full_name: 'Ada Lovelace', email: 'ada@example.test', role: 'USER', can_sign_in: true, face_count: 0 },
      },
    });
    const { user_id } = answer.body.data;
    expect(answer.headers.get('location')).toBe(`/v1/ops/user/${user_id}`);
    const login = await gateway.call<TokenPair>('POST', '/v1/auth/login', {
      json: {
        email: 'ada@example.test',
        password: 'a-long-enough-password',
        organization: `org-${operator.organizationId}`,
      },
    });
    const authorization = `Bearer ${login.body.data.access_token}`;
    expect(await gateway.call('GET', '/v1/user/get-attendance', { headers: { authorization } })).toMatchObject({
      status: 200,
      body: { data: [] },
    });
    expect(await gateway.call('GET', '/v1/ops/user', { headers: { authorization } })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });

  it('writes who did it into the trail: names in the details, ids in the event', async () => {
    const { body } = await create({
      full_name: 'Grace Hopper',
      email: 'grace@example.test',
      password: 'a-long-enough-password',
    });
    const { rows } = await database.owner.query(
      `select e.type, e.actor, e.payload, d.detail -> 'after' as after from events as e join audit_details as d on d.event_id = e.id where e.subject = $1`,
      [`users/${body.data.user_id}`],
    );
    expect(rows).toEqual([
      {
        type: 'user.created',
        actor: `user:${operator.id}`,
        payload: { user_id: body.data.user_id, role_id: 3 },
        after: {
          full_name: 'Grace Hopper',
          email: 'grace@example.test',
          employee_code: null,
          department: null,
          role: 'USER',
        },
      },
    ]);
  });

  it('does not give one email or employee code to two people of an organization', async () => {
    await create({ full_name: 'A', email: 'a@example.test', employee_code: 'E-1' });
    expect(await create({ full_name: 'B', email: 'A@example.test' })).toMatchObject({
      status: 409,
      body: { code: 'EMAIL_TAKEN', errors: [{ path: '/email' }] },
    });
    expect(await create({ full_name: 'B', employee_code: 'E-1' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', errors: [{ path: '/employee_code' }] },
    });
    expect(await create({ full_name: 'C', email: 'a@example.test', employee_code: 'E-1' }, {}, stranger)).toMatchObject(
      { status: 201 },
    );
    expect(names(await list()).toSorted()).toEqual(['A', 'Ada Example']);
  });

  it('adds one person for one idempotency key, however often and however close together it comes', async () => {
    const person = { full_name: 'Once', email: 'once@example.test', password: 'a-long-enough-password' };
    const headers = { 'idempotency-key': 'k-1' };
    // Two at the same moment: of passwords, a caller has no more computed at once.
    const answers = await Promise.all([create(person, headers), create(person, headers)]);
    answers.push(await create(person, headers));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.data.user_id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(2);
    expect(await create({ ...person, full_name: 'Twice' }, headers)).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await create({ full_name: 'Other' }, headers, stranger)).toMatchObject({ status: 201 });
    expect(await create(person, { 'idempotency-key': 'a b' })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'Idempotency-Key' }] },
    });
  });
});

describe('GET /v1/ops/user', () => {
  it('pages without leaving anybody out or telling anybody twice', async () => {
    for (let index = 0; index < 5; index += 1)
      await buildUser(database.owner, operator.organizationId, { fullName: `Person ${index}` });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...names(answer));
      cursor = answer.body.meta.next_cursor ?? null;
    } while (cursor !== null);
    expect(seen).toEqual(['Person 4', 'Person 3', 'Person 2', 'Person 1', 'Person 0', operator.fullName]);
  });

  it('searches by part of the name, by email and by the whole code, taking signs as they are', async () => {
    await create({ full_name: '100% Ada_Lovelace', email: 'ada@example.test', employee_code: 'E%1' });
    await create({ full_name: 'Grace Hopper' });
    for (const search of ['love', '100%', '_', 'ADA@', 'E%1']) {
      expect(names(await list(`?search=${encodeURIComponent(search)}`)), search).toEqual(['100% Ada_Lovelace']);
    }
    expect(names(await list('?search=E%25'))).toEqual([]);
    expect(names(await list("?search='%20or%201%3D1--"))).toEqual([]);
  });

  it.each([
    '?limit=201',
    '?limit=0',
    '?limit=x',
    '?limit=',
    '?limit=1.5',
    '?limit=1&limit=2',
    '?page=2',
    '?search=',
    '?search=%00',
  ])('refuses the query %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  });

  it('refuses a cursor that was not handed out here', async () => {
    expect(await list('?cursor=rubbish')).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
  });
});

describe('one person', () => {
  it('is not there for other organizations, nor once deleted', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const paths = [`/v1/ops/user/${user.id}`, `/v1/ops/user/${user.id}/faces`];
    for (const path of paths) {
      expect(await gateway.call('GET', path, { as: operator })).toMatchObject({ status: 200 });
      expect(await gateway.call('GET', path, { as: stranger })).toMatchObject({
        status: 404,
        body: { code: 'USER_NOT_FOUND' },
      });
      const nobodys = path.replace(user.id, newId());
      expect(await gateway.call('GET', nobodys, { as: operator })).toMatchObject({
        status: 404,
        body: { code: 'USER_NOT_FOUND' },
      });
    }
    await database.owner.query('update users set is_deleted = true, email = null where id = $1', [user.id]);
    for (const path of paths) {
      expect(await gateway.call('GET', path, { as: operator })).toMatchObject({
        status: 404,
        body: { code: 'USER_NOT_FOUND' },
      });
    }
  });

  it('refuses an id that is none', async () => {
    for (const id of ['5', 'urn:uuid:0198c0de-7a11-7c00-8000-00000000000a', '%00']) {
      expect(await gateway.call('GET', `/v1/ops/user/${id}`, { as: operator })).toMatchObject({
        status: 422,
        body: { code: 'VALIDATION_FAILED', errors: [{ path: '/user_id' }] },
      });
    }
    expect(await gateway.call('GET', '/v1/ops/user/%zz', { as: operator })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  it('lists their enrolled faces', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const face = await buildFace(database.owner, user);
    const faces = await gateway.call('GET', `/v1/ops/user/${user.id}/faces`, { as: operator });
    expect(faces.body.data).toMatchObject([{ face_id: face.id, user_id: user.id, model: 'test-model' }]);
    expect((await gateway.call<UserOut>('GET', `/v1/ops/user/${user.id}`, { as: operator })).body.data.face_count).toBe(
      1,
    );
  });

  it('lists their faces a page at a time, oldest first, also after the last one of a page is gone', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await buildFace(database.owner, user)).id);
    // Two of one moment, and times that differ by less than the milliseconds of an answer.
    const at = ['00.000001', '00.000002', '00.000002', '00.000003', '01.000000'];
    for (const [index, id] of ids.entries()) {
      const sql = `update face_embeddings set created_at = ('2025-03-03T09:00:' || $2 || 'Z')::timestamptz where id = $1`;
      await database.owner.query(sql, [id, at[index]]);
    }
    const page = async (cursor?: string | null) => {
      const query = `limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const path = `/v1/ops/user/${user.id}/faces?${query}`;
      const { body } = await gateway.call<FaceOut[]>('GET', path, { as: operator });
      return { ids: body.data.map(({ face_id }) => face_id), next: body.meta.next_cursor };
    };
    const first = await page();
    expect(first.ids).toEqual(ids.slice(0, 2));
    const gone = await gateway.call('DELETE', `/faces/${String(ids[1])}`, { as: operator });
    expect(gone.status).toBe(200);
    const second = await page(first.next);
    expect(second.ids).toEqual(ids.slice(2, 4));
    expect(await page(second.next)).toEqual({ ids: ids.slice(4), next: null });
    const refused = await gateway.call('GET', `/v1/ops/user/${user.id}/faces?cursor=x`, { as: operator });
    expect(refused).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
  });
});
