import { exportContentTypes } from '@rollcall/contracts';
import {
  buildOrganization,
  buildUser,
  checkedFetch,
  createTestDatabase,
  waitUntil,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { parse } from 'csv-parse/sync';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabaseSwitch } from '../../../testing/database-switch.test.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';
import { buildDays } from './many-records.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let ada: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner, { timezone: 'Europe/Berlin' });
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildUser(database.owner, organization.id, { fullName: '=Ada' });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const path = (query: string) => `/v1/ops/attendance/export?${query}`;
const take = (query: string, as = operator) => gateway.call('GET', path(query), { as });

async function rowsOf(query: string, as = operator): Promise<Record<string, string>[]> {
  const { status, text } = await take(`format=csv&${query}`, as);
  expect(status).toBe(200);
  return parse(text, { columns: true, bom: true });
}

async function exportsInTrail() {
  const { rows } = await database.owner.query<{ actor: string; payload: unknown; detail: unknown }>(
    `select e.actor, e.payload, d.detail from events e join audit_details d on d.event_id = e.id
     where e.organization_id = $1 and e.type = 'attendance.exported' order by e.position`,
    [operator.organizationId],
  );
  return rows;
}

describe('GET /v1/ops/attendance/export', () => {
  it('gives the records of a span, oldest first, in local time', async () => {
    await buildDays(database.owner, ada, { from: '2025-03-28', days: 4 });
    const rows = await rowsOf('from=2025-03-29&to=2025-03-30');
    expect(rows).toMatchObject([
      { work_date: '2025-03-29', check_in: '2025-03-29T09:00:00+01:00', check_out: '2025-03-29T17:00:00+01:00' },
      { work_date: '2025-03-30', check_in: '2025-03-30T10:00:00+02:00', worked_minutes: '480', worked: '8:00' },
    ]);
    expect(rows[0]?.['full_name']).toBe("'=Ada");
  });

  it('gives the records of somebody who was removed, and of nobody who was never here', async () => {
    await buildDays(database.owner, ada, { from: '2025-03-28', days: 4 });
    await database.owner.query('update users set is_deleted = true, deleted_at = now() where id = $1', [ada.id]);
    expect(await rowsOf(`user_id=${ada.id}`)).toHaveLength(4);
    const elsewhere = await buildUser(database.owner, (await buildOrganization(database.owner)).id);
    for (const id of [elsewhere.id, '0198c0de-7a11-7c00-8000-0000000000ff']) {
      expect(await take(`format=csv&user_id=${id}`)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    }
  });

  it('filters by person, department and status, page borders or not', async () => {
    const ben = await buildUser(database.owner, operator.organizationId);
    await database.owner.query("update user_profiles set department = 'Hall' where user_id = $1", [ben.id]);
    await buildDays(database.owner, ada, { from: '2025-01-01', days: 1_500 });
    await buildDays(database.owner, ben, { from: '2025-01-01', days: 1_000, status: 'late' });
    const all = await rowsOf('');
    expect(all).toHaveLength(2_500);
    expect(new Set(all.map(({ attendance_id }) => attendance_id)).size).toBe(2_500);
    expect(all.map(({ work_date }) => work_date)).toEqual(all.map(({ work_date }) => work_date).toSorted());
    expect(await rowsOf(`user_id=${ada.id}`)).toHaveLength(1_500);
    expect(await rowsOf('department=Hall')).toHaveLength(1_000);
    expect(await rowsOf('status=late&from=2025-01-02')).toHaveLength(999);
    expect(await rowsOf('status=absent')).toHaveLength(0);
  });

  it('gives the same as a workbook', async () => {
    await buildDays(database.owner, ada, { from: '2025-03-03', days: 3 });
    const response = await checkedFetch(gateway.url + path('format=xlsx'), {
      headers: { authorization: `Bearer ${gateway.tokenOf(operator)}` },
    });
    expect(response.headers.get('content-type')).toBe(exportContentTypes.xlsx);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="attendance.xlsx"');
    const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()));
    const csv = await rowsOf('');
    expect(sheets[0]?.rows.slice(1).map((row) => String(row[0]))).toEqual(csv.map(({ work_date }) => work_date));
  });

  it('says what it is, with a byte order mark unless told otherwise', async () => {
    const answer = await take('format=csv&from=2025-03-01&to=2025-03-31');
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    expect(answer.headers.get('content-disposition')).toContain('attendance_2025-03-01_2025-03-31.csv');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const bytes = async (query: string) =>
      new Uint8Array(
        await (
          await checkedFetch(gateway.url + path(query), {
            headers: { authorization: `Bearer ${gateway.tokenOf(operator)}` },
          })
        ).arrayBuffer(),
      );
    expect([...(await bytes('format=csv')).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect((await bytes('format=csv&bom=false'))[0]).toBe('w'.charCodeAt(0));
  });

  it('is in the audit trail: who, which filter, how many', async () => {
    await buildDays(database.owner, ada, { from: '2025-03-03', days: 3 });
    await take('format=csv&from=2025-03-04&department=Hall');
    await take(`format=xlsx&from=2025-03-04&user_id=${ada.id}`);
    const none = { to: null, status: null, from: '2025-03-04' };
    expect(await exportsInTrail()).toMatchObject([
      {
        actor: `user:${operator.id}`,
        payload: { format: 'csv', row_count: 0, user_id: null, ...none },
        detail: { filter: { department: 'Hall' }, row_count: 0 },
      },
      { payload: { format: 'xlsx', row_count: 2, user_id: ada.id, ...none } },
    ]);
  });

  it('is for operators, and shows nothing of another organization', async () => {
    await buildDays(database.owner, ada, { from: '2025-03-03', days: 3 });
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await rowsOf('', stranger)).toEqual([]);
    expect(await take(`format=csv&user_id=${ada.id}`, stranger)).toMatchObject({
      status: 404,
      body: { code: 'USER_NOT_FOUND' },
    });
    expect(await take('format=csv', user)).toMatchObject({ status: 403 });
    expect(await exportsInTrail()).toEqual([]);
  });

  it.each(['', 'format=pdf', 'format=csv&from=x', 'format=csv&status=asleep', 'format=csv&page=2', 'format=csv&bom=x'])(
    'refuses ?%s',
    async (query) => {
      expect(await take(query)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    },
  );
});

describe('when the database fails in the middle', () => {
  it.each(['csv', 'xlsx'])('the transfer of %s breaks off: half a file never looks whole', async (format) => {
    const way = await createDatabaseSwitch(database.gatewayUrl);
    const behind = await startTestGateway({ gatewayUrl: way.url });
    try {
      await buildDays(database.owner, ada, { from: '1990-01-01', days: 30_000 });
      const response = await checkedFetch(behind.url + path(`format=${format}`), {
        headers: { authorization: `Bearer ${behind.tokenOf(operator)}` },
      });
      const reader = response.body!.getReader();
      await reader.read();
      await way.off();
      const rest = async () => {
        while (!(await reader.read()).done);
      };
      await expect(rest()).rejects.toThrow();
      await waitUntil('the log line', () => behind.log.some(({ operation }) => operation === 'exportAttendance'));
    } finally {
      await way.on();
      await behind.close();
      await way.off();
    }
  });
});
