import type { LeaveOut } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let ada: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const organization = await buildOrganization(database.owner, { timezone: 'UTC' });
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildUser(database.owner, organization.id);
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const today = new Date().toISOString().slice(0, 10);
const enter = (part: object) =>
  gateway.call<LeaveOut>('POST', '/v1/ops/leave', {
    as: operator,
    json: { user_id: ada.id, starts_on: today, ends_on: today, kind: 'training', ...part },
  });

describe('leave of a part of the day', () => {
  it('is entered with the time at which it ends or begins, and read so', async () => {
    const morning = { until_time: '12:30', from_time: null };
    const afternoon = { until_time: null, from_time: '12:30' };
    const whole = { until_time: null, from_time: null };
    expect(await enter({ until_time: '12:30' })).toMatchObject({ status: 201, body: { data: morning } });
    expect(await enter({ from_time: '12:30' })).toMatchObject({ status: 201, body: { data: afternoon } });
    expect(await enter({})).toMatchObject({ status: 201, body: { data: whole } });
    const listed = await gateway.call<LeaveOut[]>('GET', `/v1/ops/leave?user_id=${ada.id}`, { as: operator });
    expect(listed.body.data).toMatchObject([whole, afternoon, morning]);
    const path = `/v1/ops/leave/${listed.body.data[2]?.leave_id ?? ''}`;
    expect(await gateway.call('DELETE', path, { as: operator })).toMatchObject({
      status: 200,
      body: { data: morning },
    });
  });

  it.each([
    ['both times', { until_time: '10:00', from_time: '15:00' }, '/from_time'],
    ['an hour that no clock shows', { until_time: '24:00' }, '/until_time'],
    ['no time', { from_time: 'noon' }, '/from_time'],
  ])('is refused with %s', async (_what, part, path) => {
    expect(await enter(part)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED', errors: [{ path }] } });
  });
});
