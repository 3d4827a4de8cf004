import { loadOrganizationCalendar } from '@rollcall/attendance-data';
import type { AttendancePolicyCurrent, AttendancePolicyDifference, AttendancePolicyOut } from '@rollcall/contracts';
import {
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const DAY = 86_400_000;
/** The time stands still, so that no date changes meanwhile; the work date begins at 04:00. */
const now = new Date();
const today = new Date(now.getTime() - DAY / 6).toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10);

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let operator: BuiltUser;
let ada: BuiltUser;
let stranger: BuiltUser;
let doorId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { clock: { now: () => now } } });
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner);
  admin = await buildPrincipal(database, organization.id, 'ADMIN');
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildUser(database.owner, organization.id);
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  doorId = (await buildSource(database.owner, organization.id)).id;
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const base = '/v1/admin/attendance-policy';
const current = (as = admin) => gateway.call<AttendancePolicyCurrent>('GET', base, { as });
const apply = (json: unknown, match?: string, as = admin) =>
  gateway.call<AttendancePolicyOut>('POST', `${base}/apply`, {
    ...{ as, json, headers: match === undefined ? {} : { 'if-match': match } },
  });
const preview = (json: unknown, as = admin) =>
  gateway.call<AttendancePolicyDifference>('POST', `${base}/preview`, { as, json });

const countAll = async (table: string) =>
  (await database.owner.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count;

/** A day as the projector leaves it: in at 09:00 and again at 09:30, and the record of both. */
async function writeDay(userId: string, date: string): Promise<void> {
  const times = [`${date}T09:00:00Z`, `${date}T09:30:00Z`];
  const ids = [uuidV7(), uuidV7()];
  for (const [index, at] of times.entries()) {
    await database.owner.query(
      `insert into attendance_logs (id, organization_id, user_id, kind, captured_at, received_at, work_date, source_id,
         direction, decision, event_id) values ($1, $2, $3, 'face', $4, $4, $5, $6, 'both', 'match', $7)`,
      [ids[index], admin.organizationId, userId, at, date, doorId, uuidV7()],
    );
  }
  await database.owner.query(
    `insert into attendance_records (id, organization_id, user_id, work_date, check_in_at, check_out_at, status,
       worked_minutes, source, visit_count, evidence, event_id)
     values ($1, $2, $3, $4, $5, $6, 'present', 30, 'face', 2, $7, $8)`,
    [uuidV7(), admin.organizationId, userId, date, ...times, ids, uuidV7()],
  );
}

describe('the policy in force', () => {
  it('is the defaults before anything was set', async () => {
    const answer = await current(operator);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.body.data).toMatchObject({
      ...{ version: 0, upcoming: [], in_force: { policy_version_id: null, rules: { pairing: 'first_last' } } },
    });
  });

  it('is what was applied for today; what comes later is announced, and history keeps all', async () => {
    expect(await apply({ rules: { grace_minutes: 10 } }, '"0"')).toMatchObject({
      ...{ status: 201, body: { data: { version: 1, valid_from: today, rules: { grace_minutes: 10 } } } },
    });
    const later = await apply({ rules: { pairing: 'alternating' }, valid_from: inDays(7) }, '"1"');
    expect(later.body.data).toMatchObject({ version: 2, rules: { grace_minutes: 10, pairing: 'alternating' } });
    expect((await current()).body.data).toMatchObject({
      ...{ version: 2, in_force: { version: 1 }, upcoming: [{ version: 2, valid_from: inDays(7) }] },
    });
    const history = (query = '', as = operator) =>
      gateway.call<AttendancePolicyOut[]>('GET', `${base}/versions${query}`, { as });
    const first = await history('?limit=1');
    expect(first.body.data.map(({ version }) => version)).toEqual([2]);
    const second = await history(`?limit=1&cursor=${String(first.body.meta.next_cursor)}`);
    expect(second.body.data.map(({ version }) => version)).toEqual([1]);
    expect((await history('', stranger)).body.data).toEqual([]);
    expect((await current(stranger)).body.data.version).toBe(0);
  });

  it('is changed only by an admin who has read the newest version, of two at once by one', async () => {
    const body = { rules: { grace_minutes: 10 } };
    expect(await apply(body)).toMatchObject({ status: 428 });
    expect(await apply(body, '"1"')).toMatchObject({ status: 412 });
    expect(await apply(body, '"0"', operator)).toMatchObject({ status: 403 });
    const both = await Promise.all([apply(body, '"0"'), apply(body, '"0"')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 412]);
  });

  it('is changed once for an idempotency key: whose answer was lost gets it again, also after a newer version', async () => {
    const body = { rules: { grace_minutes: 10 } };
    const send = (json: unknown, match = '"0"', key = 'lost') =>
      gateway.call<AttendancePolicyOut>('POST', `${base}/apply`, {
        ...{ as: admin, json, headers: { 'if-match': match, 'idempotency-key': key } },
      });
    expect(await send(body, '"7"')).toMatchObject({ status: 412 });
    const first = await send(body);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await send({ rules: { grace_minutes: 12 } }, '"1"', 'another');
    const again = await send(body);
    expect(again).toMatchObject({ status: 201, body: { code: 'POLICY_APPLIED', data: first.body.data } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('etag')).toBe('"1"');
    expect(await send({ rules: { grace_minutes: 11 } })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await current()).body.data.version).toBe(2);
  });

  it('has everybody computed anew from its date on, with an event that names ids only', async () => {
    await apply({ rules: { grace_minutes: 10 }, valid_from: inDays(-20) }, '"0"');
    const { rows } = await database.owner.query<{ id: string; xid: string }>(
      'select id, type, payload, xid::text from events where organization_id = $1 order by xid, position',
      [admin.organizationId],
    );
    // One event, however many people and days.
    expect(rows).toMatchObject([{ type: 'attendance_policy.applied', payload: { version: 1 } }]);
    const spans = `select user_id, from_date, to_date, cause_id, known_xid::text as xid from recomputation_spans
                   where organization_id = $1`;
    const span = {
      user_id: null,
      from_date: inDays(-21),
      to_date: inDays(1),
      cause_id: rows[0]?.id,
      xid: rows[0]?.xid,
    };
    expect((await database.owner.query(spans, [admin.organizationId])).rows).toEqual([span]);
    await apply({ rules: { grace_minutes: 11 }, valid_from: inDays(-25) }, '"1"');
    expect((await database.owner.query(spans, [admin.organizationId])).rows).toMatchObject([
      { from_date: inDays(-26), to_date: inDays(1) },
    ]);
    // The version is known from its own event on.
    const { calendar } = await loadOrganizationCalendar(database.system, admin.organizationId);
    expect(calendar.policies.map(({ known }) => known.xid)).toContain(rows[0]?.xid);
  });

  it.each([
    ['nothing', {}, '/rules'],
    ['no rule', { rules: {} }, '/rules'],
    ['a time zone, which is the organization’s', { rules: { timezone: 'UTC' } }, '/rules/timezone'],
    ['a pairing nobody knows', { rules: { pairing: 'random' } }, '/rules/pairing'],
    ['a date long ago', { rules: { grace_minutes: 1 }, valid_from: '2001-01-01' }, '/valid_from'],
  ])('refuses %s', async (_name, body, path) => {
    expect(await apply(body, '"0"')).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });
});

describe('a preview', () => {
  const change = () => ({
    ...{ rules: { min_interval_seconds: 3_600 }, valid_from: inDays(-2), from: inDays(-5), to: today },
  });

  it('shows what would change, and writes nothing', async () => {
    for (const days of [-4, -2, -1]) await writeDay(ada.id, inDays(days));
    const tables = ['policy_versions', 'events', 'attendance_records', 'audit_details'];
    const before = await Promise.all(tables.map(countAll));
    const answer = await preview(change());
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: {
          days: 18,
          examined: 18,
          changed: 2,
          complete: true,
          limit_reached: null,
          rules: { min_interval_seconds: 3_600 },
        },
      },
    });
    expect(answer.body.data.differences).toMatchObject([
      {
        work_date: inDays(-2),
        user_id: ada.id,
        before: { status: 'present' },
        after: { status: 'open', check_out_at: null },
      },
      { work_date: inDays(-1), before: { worked_minutes: 30 }, after: { worked_minutes: 0 } },
    ]);
    expect(await Promise.all(tables.map(countAll))).toEqual(before);
    const short = await preview({ ...change(), limit: 1 });
    expect(short.body.data).toMatchObject({ changed: 2, differences: [{ work_date: inDays(-2) }] });
  });

  it('keeps no connection for longer than its statements may take, and says that it was cut short', async () => {
    const holder = await database.owner.connect();
    try {
      await holder.query('begin; lock table attendance_corrections in access exclusive mode');
      const answer = await preview(change());
      expect(answer).toMatchObject({
        status: 200,
        body: { data: { days: 18, examined: 0, complete: false, limit_reached: 'TIME', differences: [] } },
      });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  it('shows nothing when nothing changes, and nothing of other organizations', async () => {
    await writeDay(ada.id, inDays(-1));
    const same = await preview({ ...change(), rules: { min_interval_seconds: 60 } });
    expect(same.body.data).toMatchObject({ changed: 0, differences: [] });
    expect((await preview(change(), stranger)).body.data).toMatchObject({ examined: 6, changed: 0 });
    expect(await preview(change(), operator)).toMatchObject({ status: 403 });
  });

  it('moves a record to another date with the cut-off', async () => {
    await writeDay(ada.id, inDays(-1));
    const answer = await preview({ ...change(), rules: { day_cutoff: '12:00' } });
    expect(
      answer.body.data.differences.map(({ work_date, before, after }) => [work_date, before !== null, after !== null]),
    ).toEqual([
      [inDays(-2), false, true],
      [inDays(-1), true, false],
    ]);
  });

  it.each([
    ['more than a month', { from: inDays(-40), to: today }, '/to'],
    ['a span that ends before it begins', { from: today, to: inDays(-1) }, '/to'],
    ['a year long ago', { from: '1999-01-01', to: '1999-01-02' }, '/from'],
  ])('refuses %s', async (_name, span, path) => {
    expect(await preview({ ...change(), ...span })).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });
});
