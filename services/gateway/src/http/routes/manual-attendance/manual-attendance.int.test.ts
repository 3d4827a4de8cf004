import type { CorrectionOut, ManualAttendanceResult } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const PATH = '/v1/ops/manual_attendance';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;
let ada: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner, { timezone: 'Europe/Berlin' });
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildUser(database.owner, organization.id);
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const item = (given: object = {}) => ({
  user_id: ada.id,
  work_date: '2025-03-03',
  check_out_at: '2025-03-03T17:00:00+01:00',
  reason: 'Camera was off',
  ...given,
});

const enter = (items: unknown, options: { key?: string; as?: BuiltUser } = {}) =>
  gateway.call<ManualAttendanceResult>('POST', PATH, {
    as: options.as ?? operator,
    json: { items },
    headers: options.key === undefined ? {} : { 'idempotency-key': options.key },
  });

const list = (query = '', as = operator) => gateway.call<CorrectionOut[]>('GET', `${PATH}${query}`, { as });

const withdraw = (id: string, as = operator) =>
  gateway.call<CorrectionOut>('POST', `${PATH}/${id}/withdraw`, { as, json: { reason: 'Wrong person' } });

async function enterOne(given: object = {}): Promise<string> {
  return (await enter([item(given)])).body.data.items[0]?.correction_id ?? '';
}

async function events(type: string) {
  const { rows } = await database.owner.query<{ payload: Record<string, unknown>; actor: string; detail: object }>(
    `select e.payload, e.actor, d.detail from events e join audit_details d on d.event_id = e.id
     where e.organization_id = $1 and e.type = $2 order by e.position`,
    [operator.organizationId, type],
  );
  return rows;
}

describe('POST /v1/ops/manual_attendance', () => {
  it('gives each item its verdict: a bad one does not lose the others', async () => {
    const foreign = await buildUser(database.owner, stranger.organizationId);
    const answer = await enter([
      item(),
      item({ user_id: uuidV7() }),
      item({ user_id: foreign.id }),
      item({ check_in_at: '2025-03-03T18:00:00+01:00' }),
      item({ reason: undefined }),
      item({ reason: ' \u0007' }),
      item({ reason: 'half a surrogate \ud800' }),
      item({ check_in_at: 'yesterday', note: 'unknown field' }),
      { nonsense: true },
      item({ status: 'open' }),
      item({ user_id: ada.id.toUpperCase(), status: 'present', check_out_at: null }),
    ]);
    expect(answer.status).toBe(200);
    const { created, refused, items } = answer.body.data;
    expect({ created, refused }).toEqual({ created: 2, refused: 9 });
    expect(items.map(({ verdict }) => verdict[0]).join('')).toBe('crrrrrrrrrc');
    const codes = items.map(({ errors }) => errors.map(({ path, code }) => `${path} ${code}`));
    expect(codes.slice(0, 4)).toEqual([
      [],
      ['/items/1/user_id USER_NOT_FOUND'],
      ['/items/2/user_id USER_NOT_FOUND'],
      ['/items/3/check_out_at NOT_AFTER_CHECK_IN'],
    ]);
    expect(codes[4]).toEqual(['/items/4/reason REQUIRED']);
    expect(codes[6]).toEqual(['/items/6/reason WRONG_FORMAT']);
    expect((await list()).body.data.map(({ status }) => status)).toEqual(['present', null]);
  });

  it('settles the days of somebody who was removed, up to the day they left', async () => {
    await database.owner.query(
      "update users set is_deleted = true, is_active = false, deleted_at = '2025-03-07T16:00:00Z' where id = $1",
      [ada.id],
    );
    const answer = await enter([
      item(),
      item({ work_date: '2025-03-07', check_out_at: '2025-03-07T18:30:00+01:00' }),
      item({ work_date: '2025-03-08', check_out_at: '2025-03-08T17:00:00+01:00' }),
    ]);
    const { items } = answer.body.data;
    expect(items.map(({ verdict }) => verdict)).toEqual(['created', 'created', 'refused']);
    expect(items[2]?.errors).toMatchObject([{ path: '/items/2/work_date', code: 'AFTER_REMOVAL' }]);
    expect((await events('attendance.corrected')).map(({ payload }) => payload['work_date'])).toEqual([
      ...['2025-03-03', '2025-03-07'],
    ]);
    const [first] = items;
    expect(await withdraw(first?.correction_id ?? '')).toMatchObject({ status: 200 });
  });

  it('leaves an event each, without words, and the words in the trail', async () => {
    const id = await enterOne({ status: 'half_day' });
    expect(await events('attendance.corrected')).toEqual([
      {
        actor: `user:${operator.id}`,
        payload: {
          correction_id: id,
          user_id: ada.id,
          work_date: '2025-03-03',
          check_in_at: null,
          check_out_at: '2025-03-03T16:00:00.000Z',
          status: 'half_day',
        },
        detail: expect.objectContaining({
          before: null,
          after: expect.objectContaining({ reason: 'Camera was off' }) as unknown,
        }) as unknown,
      },
    ]);
  });

  it('leaves a trace also when nothing was accepted', async () => {
    const answer = await enter([item({ user_id: uuidV7() })]);
    expect(await events('attendance.entry_refused')).toMatchObject([
      { payload: { batch_id: answer.body.data.batch_id, item_count: 1 }, detail: { items: answer.body.data.items } },
    ]);
  });

  it('does the same call with the same key once, also when it comes twice at the same moment', async () => {
    const items = [item(), item({ user_id: uuidV7() })];
    const [first, second] = await Promise.all([enter(items, { key: 'k-1' }), enter(items, { key: 'k-1' })]);
    const third = await enter(items, { key: 'k-1' });
    expect(second.body.data).toEqual(first.body.data);
    expect(third.body.data).toEqual(first.body.data);
    expect(third.headers.get('idempotency-replayed')).toBe('true');
    expect((await list()).body.data).toHaveLength(1);
    expect(await events('attendance.corrected')).toHaveLength(1);
    expect(await enter([item({ reason: 'Another' })], { key: 'k-1' })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('takes 200 items and no more, and none is no call', async () => {
    const many = (count: number) => Array.from({ length: count }, () => item());
    expect((await enter(many(200))).body.data.created).toBe(200);
    for (const items of [many(201), [], [null], 'x', undefined]) {
      expect(await enter(items)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    }
  });

  it('is for operators', async () => {
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await enter([item()], { as: user })).toMatchObject({ status: 403 });
    expect(await list('', user)).toMatchObject({ status: 403 });
  });
});

describe('GET /v1/ops/manual_attendance', () => {
  it('lists by person, date and standing, newest first, page by page', async () => {
    const ben = await buildUser(database.owner, operator.organizationId);
    const first = await enterOne();
    const second = await enterOne({ work_date: '2025-03-04', check_out_at: '2025-03-04T17:00:00+01:00' });
    const third = await enterOne({ user_id: ben.id });
    await withdraw(second);
    const ids = async (query: string) => (await list(query)).body.data.map(({ correction_id }) => correction_id);
    expect(await ids('')).toEqual([third, second, first]);
    expect(await ids(`?user_id=${ada.id}`)).toEqual([second, first]);
    expect(await ids('?from=2025-03-04&to=2025-03-04')).toEqual([second]);
    expect(await ids('?standing=true')).toEqual([third, first]);
    expect(await ids('?standing=false')).toEqual([second]);
    const page = await list('?limit=2');
    expect(await ids(`?limit=2&cursor=${page.body.meta.next_cursor ?? ''}`)).toEqual([first]);
    expect((await list('', stranger)).body.data).toEqual([]);
    expect(await list('?cursor=rubbish')).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
  });
});

describe('POST …/withdraw', () => {
  it('keeps the entry with who, when and why, and leaves its event', async () => {
    const id = await enterOne();
    const answer = await withdraw(id);
    expect(answer.body).toMatchObject({
      code: 'CORRECTION_WITHDRAWN',
      data: {
        correction_id: id,
        withdrawn_by: operator.id,
        withdrawal_reason: 'Wrong person',
        reason: 'Camera was off',
      },
    });
    expect((await list()).body.data).toEqual([answer.body.data]);
    expect(await events('attendance.correction_withdrawn')).toMatchObject([
      {
        payload: { correction_id: id, user_id: ada.id, work_date: '2025-03-03' },
        detail: { before: { withdrawn_at: null }, after: { withdrawal_reason: 'Wrong person' } },
      },
    ]);
  });

  it('is done once, also by two at the same moment', async () => {
    const id = await enterOne();
    const answers = await Promise.all([withdraw(id), withdraw(id), withdraw(id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(await withdraw(id)).toMatchObject({ status: 409, body: { code: 'ALREADY_WITHDRAWN' } });
    expect(await events('attendance.correction_withdrawn')).toHaveLength(1);
  });

  it('knows nothing of other organizations, and needs a reason', async () => {
    const id = await enterOne();
    expect(await withdraw(id, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await withdraw(uuidV7())).toMatchObject({ status: 404 });
    expect(await gateway.call('POST', `${PATH}/${id}/withdraw`, { as: operator, json: {} })).toMatchObject({
      status: 422,
    });
    expect((await list()).body.data).toMatchObject([{ correction_id: id, withdrawn_at: null }]);
  });
});
