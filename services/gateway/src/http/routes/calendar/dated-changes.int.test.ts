import { loadOrganizationCalendar } from '@rollcall/attendance-data';
import { endOfLog, knownCalendar, type KnownCalendar } from '@rollcall/attendance-rules';
import type { OrgConfigOut, ShiftOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { clock: { now: () => now } } });
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner, { timezone: 'UTC' });
  admin = await buildPrincipal(database, organization.id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const DAY = 86_400_000;
/** The time stands still; the work date begins at 04:00. */
const now = new Date();
const today = new Date(now.getTime() - DAY / 6).toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10);

/** What records are computed by. */
async function calendar(): Promise<KnownCalendar> {
  const { calendar: stored } = await loadOrganizationCalendar(database.owner, admin.organizationId);
  return knownCalendar(stored, endOfLog);
}

/** A change by somebody who has read the present version. */
async function change<Data>(method: 'PATCH' | 'DELETE', path: string, json?: unknown) {
  const etag = (await gateway.call('GET', path, { as: admin })).headers.get('etag') ?? '';
  const body = json === undefined ? {} : { json };
  const answer = await gateway.call<Data>(method, path, { as: admin, headers: { 'if-match': etag }, ...body });
  if (answer.status === 200) {
    const read = await gateway.call<Data>('GET', path, { as: admin });
    expect(read.body.data).toEqual(answer.body.data);
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'));
  }
  return answer;
}

describe('a shift with a version for a later date', () => {
  let path: string;
  let shiftId: string;
  const hoursOn = async (days: number) => (await calendar()).shiftOn(shiftId, inDays(days))?.startsAt;
  const versions = async () => (await gateway.call<ShiftOut[]>('GET', `${path}/versions`, { as: admin })).body.data;

  beforeEach(async () => {
    const json = { name: 'Early', starts_at: '06:00', ends_at: '14:00' };
    shiftId = (await gateway.call<ShiftOut>('POST', '/v1/admin/shift', { as: admin, json })).body.data.shift_id;
    path = `/v1/admin/shift/${shiftId}`;
    await change('PATCH', path, { starts_at: '10:00', valid_from: inDays(30) });
  });

  it('is not drawn forward by a change that names something else', async () => {
    const answer = await change<ShiftOut>('PATCH', path, { name: 'Early A' });
    expect(answer.body.data).toMatchObject({ name: 'Early A', starts_at: '06:00', valid_from: today, version: 4 });
    expect([await hoursOn(0), await hoursOn(29), await hoursOn(30)]).toEqual(['06:00', '06:00', '10:00']);
  });

  it('has what is named hold on in it, and keeps what it changed itself', async () => {
    await change('PATCH', path, { name: 'Early A', starts_at: '07:00' });
    expect(await versions()).toMatchObject([
      { version: 4, valid_from: today, name: 'Early A', starts_at: '07:00' },
      { version: 3, valid_from: inDays(30), name: 'Early A', starts_at: '10:00' },
      { version: 2, valid_from: inDays(30), name: 'Early', starts_at: '10:00' },
      { version: 1, name: 'Early', starts_at: '06:00' },
    ]);
    expect([await hoursOn(-1), await hoursOn(0), await hoursOn(30)]).toEqual(['06:00', '07:00', '10:00']);
  });

  it('is retired with it, and taken up again with it', async () => {
    const retired = await change<ShiftOut>('DELETE', path);
    expect(retired.body.data).toMatchObject({ is_retired: true, valid_from: today, version: 4 });
    expect([await hoursOn(-1), await hoursOn(0), await hoursOn(30)]).toEqual(['06:00', undefined, undefined]);
    await change('PATCH', path, { name: 'Early B', valid_from: inDays(10) });
    expect([await hoursOn(9), await hoursOn(10), await hoursOn(30)]).toEqual([undefined, '06:00', '10:00']);
    await change('DELETE', path);
    expect([await hoursOn(0), await hoursOn(10), await hoursOn(30)]).toEqual([undefined, undefined, undefined]);
  });

  it('refuses a break that would not lie within its hours', async () => {
    const breaks = [{ starts_at: '09:00', ends_at: '09:30' }];
    expect(await change('PATCH', path, { breaks })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/breaks/0', message: expect.stringContaining(inDays(30)) as string }] },
    });
    await change('PATCH', path, { breaks: [{ starts_at: '12:00', ends_at: '12:30' }], valid_from: inDays(30) });
    expect(await change('PATCH', path, { breaks })).toMatchObject({ status: 200 });
  });

  it('is compared by date when config-org names it', async () => {
    const shifts = [{ shift_id: shiftId, name: 'Early', starts_at: '10:00', ends_at: '14:00' }];
    const config = '/v1/admin/config-org';
    expect(await change('PATCH', config, { shifts })).toMatchObject({ status: 200 });
    expect([await hoursOn(0), (await versions()).length]).toEqual(['10:00', 3]);
    await change('PATCH', config, { shifts, valid_from: inDays(40) });
    expect((await versions()).length).toBe(3);
  });
});

describe('an organization with another time zone from a later date on', () => {
  const config = '/v1/admin/config-org';
  const zoneOn = async (days: number) => (await calendar()).policyOn(inDays(days)).rules.timezone;
  const weekOn = async (days: number) => (await calendar()).workWeekOn(inDays(days));

  beforeEach(async () => {
    const answer = await change<OrgConfigOut>('PATCH', config, { timezone: 'Asia/Tokyo', valid_from: inDays(30) });
    expect(answer.body.data).toMatchObject({
      ...{ timezone: 'UTC', valid_from: null },
      upcoming: [{ valid_from: inDays(30), timezone: 'Asia/Tokyo', work_week: [1, 2, 3, 4, 5] }],
    });
  });

  it('does not move before, and takes the work week that is named meanwhile', async () => {
    const answer = await change<OrgConfigOut>('PATCH', config, { work_week: [1, 2, 3] });
    expect(answer.body.data).toMatchObject({
      ...{ timezone: 'UTC', work_week: [1, 2, 3], valid_from: today },
      upcoming: [{ valid_from: inDays(30), timezone: 'Asia/Tokyo', work_week: [1, 2, 3] }],
    });
    expect([await zoneOn(0), await zoneOn(30)]).toEqual(['UTC', 'Asia/Tokyo']);
    expect([await weekOn(-1), await weekOn(0), await weekOn(30)]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('can move at once, and can be kept where it is', async () => {
    expect(await change('PATCH', config, { timezone: 'Asia/Tokyo' })).toMatchObject({ body: { data: { version: 3 } } });
    expect([await zoneOn(-1), await zoneOn(0)]).toEqual(['UTC', 'Asia/Tokyo']);
    await change('PATCH', config, { timezone: 'UTC', valid_from: inDays(30) });
    expect([await zoneOn(29), await zoneOn(30)]).toEqual(['Asia/Tokyo', 'UTC']);
  });

  it('keeps a later date that has its own when something is put right before it', async () => {
    await change('PATCH', config, { timezone: 'Europe/Berlin', valid_from: inDays(-10) });
    expect([await zoneOn(-11), await zoneOn(-10), await zoneOn(29), await zoneOn(30)]).toEqual([
      ...['UTC', 'Europe/Berlin', 'Europe/Berlin', 'Asia/Tokyo'],
    ]);
  });
});
