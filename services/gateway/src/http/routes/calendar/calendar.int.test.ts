import type { HolidayOut, OrgConfigOut, ShiftOut } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';

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
const patch = <Data>(path: string, json: unknown, match?: string | null, as = admin) =>
  gateway.call<Data>('PATCH', path, { as, json, headers: match ? { 'if-match': match } : {} });
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

/** A list of shifts, read two at a time. */
async function allPages(path: string): Promise<ShiftOut[]> {
  const rows: ShiftOut[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer: Answer<ShiftOut[]> = await get(`${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(answer.body.data.length).toBeLessThanOrEqual(2);
    rows.push(...answer.body.data);
    cursor = answer.body.meta.next_cursor ?? null;
  }
  return rows;
}

const early = { name: 'Early', starts_at: '06:00', ends_at: '14:00' };
const addShift = async (fields: object = {}) =>
  (await post<ShiftOut>('/v1/admin/shift', { ...early, ...fields })).body.data;

describe('/v1/admin/config-org', () => {
  it('sets an organization up: time zone, work week, shifts and holidays in one call', async () => {
    const answer = await post<OrgConfigOut>('/v1/admin/config-org', {
      ...{ name: ' Example Works ', timezone: 'Asia/Tokyo', locale: 'ja-jp', work_week: [6, 1, 2] },
      shifts: [early, { ...early, name: 'Night', starts_at: '22:00', ends_at: '06:00' }],
      holidays: [{ holiday_on: inDays(10), name: 'Founding' }],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        code: 'ORGANIZATION_CONFIGURED',
        data: {
          ...{ name: 'Example Works', timezone: 'Asia/Tokyo', locale: 'ja-JP', work_week: [1, 2, 6], version: 2 },
          shifts: [{ name: 'Early' }, { name: 'Night' }],
          holidays: [{ holiday_on: inDays(10), name: 'Founding' }],
        },
      },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
    expect((await get('/v1/admin/config-org')).body.data).toEqual(answer.body.data);
    const [configured] = await told('organization.configured');
    expect(configured).toMatchObject({
      payload: { version: 2, changed: ['name', 'timezone', 'locale', 'work_week', 'shifts', 'holidays'] },
      before: { timezone: 'UTC', work_week: [1, 2, 3, 4, 5] },
      after: { timezone: 'Asia/Tokyo' },
    });
    expect(JSON.stringify((await told()).map(({ payload }) => payload))).not.toMatch(/Example|Early|Founding/);
  });

  it('set up again as it is makes no version, and stands in the trail all the same', async () => {
    const body = { name: 'Works', timezone: 'UTC', locale: 'en', work_week: [1, 2, 3, 4, 5] };
    const answers = [await post('/v1/admin/config-org', body), await post('/v1/admin/config-org', body)];
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(['"2"', '"2"']);
    expect((await told('organization.configured')).map(({ payload }) => payload['changed'])).toEqual([['name'], []]);
  });

  it('keeps what held before a change, and has everybody computed anew from its date on', async () => {
    const answer = await patch('/v1/admin/config-org', { timezone: 'Asia/Tokyo', valid_from: inDays(-2) }, '"1"');
    expect(answer.status).toBe(200);
    const { rows } = await database.owner.query(
      'select version, valid_from, timezone, known_xid::text from organization_versions where organization_id = $1 order by version',
      [admin.organizationId],
    );
    expect(rows).toMatchObject([
      { version: 1, valid_from: '0001-01-01', timezone: 'UTC', known_xid: '0' },
      { version: 2, valid_from: inDays(-2), timezone: 'Asia/Tokyo' },
    ]);
    expect(rows[1]).not.toMatchObject({ known_xid: '0' });
    expect(await takeSpans()).toEqual([{ user_id: null, from: inDays(-3), to: inDays(1) }]);
  });

  it('takes a change only from who has read the present version', async () => {
    expect(await patch('/v1/admin/config-org', { name: 'X' })).toMatchObject({ status: 428 });
    const both = await Promise.all([
      patch('/v1/admin/config-org', { name: 'X' }, '"1"'),
      patch('/v1/admin/config-org', { name: 'Y' }, '"1"'),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const same = await patch<OrgConfigOut>('/v1/admin/config-org', { timezone: 'UTC' }, '"2"');
    expect(same.body.data.version).toBe(2);
    expect(await told('organization.configured')).toHaveLength(1);
  });

  it('changes a shift it names by id, and leaves one alone that is so already', async () => {
    const { shift_id } = await addShift();
    const config = (await get<OrgConfigOut>('/v1/admin/config-org')).headers.get('etag');
    const changed = await patch<OrgConfigOut>(
      '/v1/admin/config-org',
      { shifts: [{ ...early, shift_id, ends_at: '15:00' }] },
      config,
    );
    expect(changed.body.data.shifts).toMatchObject([{ shift_id, ends_at: '15:00', version: 2 }]);
    const again = await patch<OrgConfigOut>(
      '/v1/admin/config-org',
      { shifts: [{ ...early, shift_id, ends_at: '15:00' }] },
      changed.headers.get('etag'),
    );
    expect(again.body.data.version).toBe(changed.body.data.version);
  });

  it.each([
    ['a time zone of Mars', { timezone: 'Mars/Olympus' }, '/timezone'],
    ['an offset', { timezone: '+01:00' }, '/timezone'],
    ['no language', { locale: 'not a locale' }, '/locale'],
    ['an eighth day', { work_week: [8] }, '/work_week/0'],
    ['a day twice', { work_week: [1, 1] }, '/work_week'],
    ['a date long ago', { name: 'X', valid_from: '2001-01-01' }, '/valid_from'],
    [
      'a break outside the shift',
      { shifts: [{ ...early, breaks: [{ starts_at: '13:50', ends_at: '14:10' }] }] },
      '/shifts/0/breaks/0',
    ],
    [
      'a holiday in a thousand years',
      { holidays: [{ holiday_on: '9999-12-31', name: 'X' }] },
      '/holidays/0/holiday_on',
    ],
    [
      'a holiday whose name was no UTF-8',
      { holidays: [{ holiday_on: inDays(10), name: 'Dreik\ufffdnig' }] },
      '/holidays/0/name',
    ],
    ['a shift with half a character', { shifts: [{ ...early, name: 'Early \ud83d' }] }, '/shifts/0/name'],
  ])('refuses %s', async (_name, body, path) => {
    expect(await patch('/v1/admin/config-org', body, '"1"')).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect(await told()).toEqual([]);
  });

  it('is for admins, each for their own organization', async () => {
    expect(await get('/v1/admin/config-org', operator)).toMatchObject({ status: 403 });
    expect(await patch('/v1/admin/config-org', { name: 'X' }, '"1"', operator)).toMatchObject({ status: 403 });
    const theirs = await get<OrgConfigOut>('/v1/admin/config-org', stranger);
    expect(theirs.body.data.organization_id).toBe(stranger.organizationId);
    const { shift_id } = await addShift();
    const foreign = await patch('/v1/admin/config-org', { shifts: [{ ...early, shift_id }] }, '"1"', stranger);
    expect(foreign).toMatchObject({ status: 404 });
  });
});

describe('/v1/admin/shift', () => {
  it('keeps every version, changed only by who has read the newest', async () => {
    const created = await post<ShiftOut>('/v1/admin/shift', { ...early, grace_minutes: 5 });
    expect(created).toMatchObject({
      status: 201,
      body: { data: { version: 1, grace_minutes: 5, valid_from: inDays(-366) } },
    });
    const path = `/v1/admin/shift/${created.body.data.shift_id}`;
    expect(created.headers.get('location')).toBe(path);
    expect(await patch(path, { ends_at: '15:00' })).toMatchObject({ status: 428 });
    const updated = await patch<ShiftOut>(path, { ends_at: '15:00', valid_from: inDays(5) }, '"1"');
    expect(updated.body.data).toMatchObject({ version: 2, ends_at: '15:00', grace_minutes: 5, valid_from: inDays(5) });
    expect(await patch(path, { ends_at: '16:00' }, '"1"')).toMatchObject({ status: 412 });
    expect(await remove(path, '"2"')).toMatchObject({ status: 200, body: { data: { version: 4, is_retired: true } } });
    const versions = await get<ShiftOut[]>(`${path}/versions`, operator);
    expect(versions.body.data.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect((await told('shift.changed')).map(({ payload }) => payload['change'])).toEqual([
      ...['created', 'updated', 'retired', 'retired'],
    ]);
  });

  it('adds one shift for one idempotency key', async () => {
    const given = { headers: { 'idempotency-key': 'k' } };
    const answers = await Promise.all([1, 2].map(() => post<ShiftOut>('/v1/admin/shift', early, given)));
    expect(new Set(answers.map(({ body }) => body.data.shift_id)).size).toBe(1);
    expect(await post('/v1/admin/shift', { ...early, name: 'Late' }, given)).toMatchObject({ status: 409 });
    expect((await get<ShiftOut[]>('/v1/admin/shift')).body.data).toHaveLength(1);
  });

  it('is listed by name, a page at a time, and so are its versions', async () => {
    for (const name of ['Late', 'Äarly', 'Early', 'Early', 'Night']) await addShift({ name });
    const whole = (await get<ShiftOut[]>('/v1/admin/shift')).body.data;
    expect(whole).toHaveLength(5);
    expect(await allPages('/v1/admin/shift')).toEqual(whole);

    const path = `/v1/admin/shift/${whole[0]?.shift_id ?? ''}`;
    for (const version of [1, 2, 3, 4]) await patch(path, { grace_minutes: version }, `"${version}"`);
    const versions = await allPages(`${path}/versions`);
    expect(versions.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    for (const list of ['/v1/admin/shift', `${path}/versions`]) {
      expect(await get(`${list}?cursor=nonsense`)).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
    }
  });

  it('is not there for other organizations, and written by admins only', async () => {
    const { shift_id } = await addShift();
    const path = `/v1/admin/shift/${shift_id}`;
    expect(await get(path, stranger)).toMatchObject({ status: 404 });
    expect(await get(`${path}/versions`, stranger)).toMatchObject({ status: 404 });
    expect(await patch(path, { name: 'X' }, '"1"', stranger)).toMatchObject({ status: 404 });
    expect(await remove(path, '"1"', stranger)).toMatchObject({ status: 404 });
    expect((await get<ShiftOut[]>('/v1/admin/shift', stranger)).body.data).toEqual([]);
    expect(await patch(path, { name: 'X' }, '"1"', operator)).toMatchObject({ status: 403 });
    expect(await get(path, operator)).toMatchObject({ status: 200 });
  });

  it('has the days of those who work it computed anew, and of nobody else', async () => {
    const { shift_id } = await addShift();
    const body = { user_id: ada.id, valid_from: inDays(-3), pattern: [{ shift_id }] };
    await post('/v1/ops/shift-assignment', body, { as: operator });
    expect(await takeSpans()).toMatchObject([{ user_id: ada.id, from: inDays(-4) }]);
    await patch(`/v1/admin/shift/${shift_id}`, { ends_at: '15:00', valid_from: inDays(-1) }, '"1"');
    expect(await takeSpans()).toMatchObject([{ user_id: ada.id, from: inDays(-2) }]);
  });
});

describe('/v1/admin/holiday', () => {
  it('is declared, renamed and taken back, each a version', async () => {
    const declare = (name: string, options: { readonly changesNothing?: true } = {}) =>
      gateway.call<HolidayOut>('POST', '/v1/admin/holiday', {
        as: admin,
        json: { holiday_on: inDays(0), name },
        ...options,
      });
    expect(await declare('A')).toMatchObject({ status: 201, body: { data: { version: 1 } } });
    expect(await declare('A', { changesNothing: true })).toMatchObject({ status: 201, body: { data: { version: 1 } } });
    expect(await declare('B')).toMatchObject({ status: 201, body: { data: { version: 2, name: 'B' } } });
    expect(await takeSpans()).toHaveLength(1);
    const list = (as = operator) => get<HolidayOut[]>('/v1/admin/holiday', as);
    expect((await list()).body.data.map(({ name }) => name)).toEqual(['B']);
    expect((await list(stranger)).body.data).toEqual([]);
    expect(await remove(`/v1/admin/holiday/${inDays(0)}`, undefined, stranger)).toMatchObject({ status: 404 });
    expect(await remove(`/v1/admin/holiday/${inDays(0)}`)).toMatchObject({
      status: 200,
      body: { data: { version: 3 } },
    });
    expect(await remove(`/v1/admin/holiday/${inDays(0)}`)).toMatchObject({ status: 404 });
    expect((await list()).body.data).toEqual([]);
    expect(await takeSpans()).toHaveLength(1);
  });

  it('pages by date', async () => {
    for (const days of [3, 1, 2]) await post('/v1/admin/holiday', { holiday_on: inDays(days), name: `H${days}` });
    const first = await get<HolidayOut[]>('/v1/admin/holiday?limit=2');
    expect(first.body.data.map(({ name }) => name)).toEqual(['H1', 'H2']);
    const next = await get<HolidayOut[]>(`/v1/admin/holiday?limit=2&cursor=${String(first.body.meta.next_cursor)}`);
    expect(next.body.data.map(({ name }) => name)).toEqual(['H3']);
  });
});
