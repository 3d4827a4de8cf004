import type { LeaveOut, ShiftAssignmentOut, ShiftOut } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let operator: BuiltUser;
let ada: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { clock: { now: () => now } } });
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner, { timezone: 'UTC' });
  admin = await buildPrincipal(database, organization.id, 'ADMIN');
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildUser(database.owner, organization.id);
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const DAY = 86_400_000;
/** The time stands still, so that no date changes meanwhile; the work date begins at 04:00. */
const now = new Date();
const today = new Date(now.getTime() - DAY / 6).toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10);

type Given = { as?: BuiltUser; headers?: Record<string, string> };
const post = <Data>(path: string, json: unknown, { as = admin, headers = {} }: Given = {}) =>
  gateway.call<Data>('POST', path, { as, json, headers });
const remove = <Data>(path: string, match?: string, as = admin) =>
  gateway.call<Data>('DELETE', path, { as, headers: match === undefined ? {} : { 'if-match': match } });
const get = <Data>(path: string, as = admin) => gateway.call<Data>('GET', path, { as });

interface Told {
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

/** Events of the organization, with the words for the trail. */
async function told(...types: string[]): Promise<Told[]> {
  const { rows } = await database.owner.query<Told>(
    `select e.type, e.payload, d.detail -> 'before' as before, d.detail -> 'after' as after
     from events e left join audit_details d on d.event_id = e.id
     where e.organization_id = $1 and ($2::text[] = '{}' or e.type = any($2::text[])) order by e.xid, e.position`,
    [admin.organizationId, types],
  );
  return rows;
}

/** Takes the days of the organization that are to be computed anew, as the projector would. */
async function takeSpans(): Promise<{ user_id: string | null; from: string; to: string }[]> {
  const { rows } = await database.owner.query<{ user_id: string | null; from: string; to: string }>(
    `delete from recomputation_spans where organization_id = $1 returning user_id, from_date as "from", to_date as "to"`,
    [admin.organizationId],
  );
  return rows;
}

const early = { name: 'Early', starts_at: '06:00', ends_at: '14:00' };
const addShift = async (fields: object = {}) =>
  (await post<ShiftOut>('/v1/admin/shift', { ...early, ...fields })).body.data;

describe('/v1/ops/shift-assignment', () => {
  it('gives a person a weekly pattern, and takes it back once', async () => {
    const [one, two] = [await addShift(), await addShift({ name: 'Late' })];
    const pattern = [
      { shift_id: one.shift_id, weekdays: [2, 1] },
      { shift_id: two.shift_id, weekdays: [5] },
    ];
    const created = await post<ShiftAssignmentOut>(
      '/v1/ops/shift-assignment',
      { user_id: ada.id, valid_from: inDays(-10), valid_until: inDays(-5), pattern },
      { as: operator },
    );
    expect(created).toMatchObject({
      status: 201,
      body: { data: { pattern: [{ weekdays: [1, 2] }, { weekdays: [5] }] } },
    });
    // A day more on both sides: the cut-offs around a shift move with it.
    expect(await takeSpans()).toEqual([{ user_id: ada.id, from: inDays(-11), to: inDays(-4) }]);
    const path = `/v1/ops/shift-assignment/${created.body.data.assignment_id}`;
    expect(await remove(path, undefined, stranger)).toMatchObject({ status: 404 });
    const both = await Promise.all([remove(path, undefined, operator), remove(path, undefined, operator)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await takeSpans()).toHaveLength(1);
    const listed = await get<ShiftAssignmentOut[]>(`/v1/ops/shift-assignment?user_id=${ada.id}`, operator);
    expect(listed.body.data).toMatchObject([{ withdrawn_at: expect.any(String) as string }]);
    expect((await get<ShiftAssignmentOut[]>('/v1/ops/shift-assignment', stranger)).body.data).toEqual([]);
  });

  it('is not withdrawn when it began more than a year ago: those records are settled', async () => {
    const { shift_id } = await addShift();
    const created = await post<ShiftAssignmentOut>('/v1/ops/shift-assignment', {
      ...{ user_id: ada.id, valid_from: inDays(-10), pattern: [{ shift_id }] },
    });
    const { assignment_id } = created.body.data;
    const long = 'update shift_assignments set valid_from = current_date - 1000 where id = $1';
    await database.owner.query(long, [assignment_id]);
    await takeSpans();
    expect(await remove(`/v1/ops/shift-assignment/${assignment_id}`, undefined, operator)).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/valid_from', code: 'TOO_EARLY' }] },
    });
    expect(await takeSpans()).toEqual([]);
  });

  it('has nothing to compute for a pattern of the future', async () => {
    const { shift_id } = await addShift();
    await post('/v1/ops/shift-assignment', { user_id: ada.id, valid_from: inDays(9), pattern: [{ shift_id }] });
    expect(await takeSpans()).toEqual([]);
    expect(await told('shift_assignment.created')).toHaveLength(1);
  });

  it('refuses unknown people and shifts, those of others, and a day with two shifts', async () => {
    const { shift_id } = await addShift();
    const body = { user_id: ada.id, valid_from: today, pattern: [{ shift_id }] };
    const assign = (given: object, as = operator) => post('/v1/ops/shift-assignment', { ...body, ...given }, { as });
    expect(await assign({ user_id: uuidV7() })).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect(await assign({ user_id: stranger.id })).toMatchObject({
      status: 404,
      body: { code: 'USER_NOT_FOUND' },
    });
    expect(await assign({}, stranger)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect(await assign({ pattern: [{ shift_id: uuidV7() }] })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await assign({ pattern: [{ shift_id }, { shift_id, weekdays: [3] }] })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: '/pattern/1/weekdays', code: 'TAKEN' }] },
    });
    expect(await assign({ valid_until: inDays(-1) })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
    expect(await told('shift_assignment.created')).toEqual([]);
  });
});

describe('/v1/ops/leave', () => {
  it('is entered and taken back; what kind it is stays out of the events', async () => {
    const body = { user_id: ada.id, starts_on: inDays(-2), ends_on: inDays(3), kind: 'sick' };
    const given = { as: operator, headers: { 'idempotency-key': 'leave' } };
    const created = await post<LeaveOut>('/v1/ops/leave', body, given);
    const replayed = await post<LeaveOut>('/v1/ops/leave', body, given);
    expect([created.status, replayed.status]).toEqual([201, 201]);
    expect(replayed.body.data.leave_id).toBe(created.body.data.leave_id);
    const path = `/v1/ops/leave/${created.body.data.leave_id}`;
    expect(await remove(path, undefined, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    for (const user_id of [uuidV7(), stranger.id]) {
      expect(await post('/v1/ops/leave', { ...body, user_id })).toMatchObject({
        status: 404,
        body: { code: 'USER_NOT_FOUND' },
      });
    }
    expect(await remove(path, undefined, operator)).toMatchObject({ status: 200 });
    expect(await remove(path, undefined, operator)).toMatchObject({ status: 409 });
    const events = await told();
    expect(events.map(({ type }) => type)).toEqual(['leave.granted', 'leave.withdrawn']);
    expect(JSON.stringify(events.map(({ payload }) => payload))).not.toContain('sick');
    expect(events[0]).toMatchObject({ before: null, after: { kind: 'sick' } });
    // Taken back what was granted: the same days, asked for once.
    expect(await takeSpans()).toEqual([{ user_id: ada.id, from: inDays(-3), to: inDays(1) }]);
  });

  it('lists those that touch a span', async () => {
    const enter = (from: number, to: number) =>
      post('/v1/ops/leave', { user_id: ada.id, starts_on: inDays(from), ends_on: inDays(to), kind: 'vacation' });
    await enter(-9, -8);
    await enter(-4, 4);
    const list = async (query: string, as = operator) =>
      (await get<LeaveOut[]>(`/v1/ops/leave?${query}`, as)).body.data.map(({ starts_on }) => starts_on);
    expect(await list(`from=${inDays(-5)}`)).toEqual([inDays(-4)]);
    expect(await list(`to=${inDays(-5)}`)).toEqual([inDays(-9)]);
    expect(await list('limit=200')).toEqual([inDays(-4), inDays(-9)]);
    expect(await list('limit=200', stranger)).toEqual([]);
    expect(
      await post('/v1/ops/leave', { user_id: ada.id, starts_on: today, ends_on: inDays(-1), kind: 'sick' }),
    ).toMatchObject({ status: 422, body: { errors: [{ path: '/ends_on' }] } });
  });
});
