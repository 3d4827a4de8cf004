import type { CheckInOut, DeviceWithKey, PinOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const PATH = '/v1/attendance/check-in';
const PIN = '407218';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let ada: BuiltUser;
let now: Date;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { clock: { now: () => now } } });
});

beforeEach(async () => {
  now = new Date();
  const organization = await buildOrganization(database.owner);
  operator = await buildPrincipal(database, organization.id, 'OPERATOR');
  ada = await buildPrincipal(database, organization.id, 'USER');
  await database.owner.query("update user_profiles set employee_code = 'E-1' where user_id = $1", [ada.id]);
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const send = (body: object, as: BuiltUser | string = operator) =>
  gateway.call<CheckInOut>('POST', PATH, {
    ...(typeof as === 'string' ? { headers: { authorization: `Bearer ${as}` } } : { as }),
    json: { source_id: 'reception', timestamp: now.toISOString(), ...body },
  });
const byPin = (given: object = {}, as?: BuiltUser | string) =>
  send({ method: 'pin', employee_code: 'E-1', pin: PIN, ...given }, as);
const byCode = (token: string, given: object = {}, as?: BuiltUser | string) =>
  send({ method: 'qr', token, ...given }, as);

const setPin = (pin?: string, as = operator, of = ada) =>
  gateway.call<PinOut>('POST', `/v1/ops/user/${of.id}/pin`, { as, json: pin === undefined ? {} : { pin } });

async function codeOf(person: BuiltUser): Promise<string> {
  const { body } = await gateway.call<{ token: string }>('GET', '/v1/user/check-in-code', { as: person });
  return body.data.token;
}

async function eventsOf(type: string) {
  const { rows } = await database.owner.query<{ payload: Record<string, unknown> }>(
    'select payload from events where organization_id = $1 and type = $2 order by position',
    [operator.organizationId, type],
  );
  return rows.map(({ payload }) => payload);
}

describe('check-in by PIN', () => {
  it('counts, and says whom it took the person for', async () => {
    await setPin(PIN);
    const answer = await byPin({ direction: 'in' });
    expect(answer).toMatchObject({
      status: 200,
      body: { code: 'CHECKED_IN', data: { user_id: ada.id, full_name: ada.fullName, method: 'pin', direction: 'in' } },
    });
    expect(await eventsOf('attendance.punched')).toMatchObject([
      {
        check_in_id: answer.body.data.check_in_id,
        user_id: ada.id,
        method: 'pin',
        direction: 'in',
        late_arrival: false,
      },
    ]);
    expect((await byPin({ employee_code: undefined, user_id: ada.id.toUpperCase() })).status).toBe(200);
  });

  it('counts once when it is sent again, also twice at the same moment', async () => {
    await setPin(PIN);
    const [first, second] = await Promise.all([byPin(), byPin()]);
    const third = await byPin();
    expect(second.body.data).toEqual(first.body.data);
    expect(third.headers.get('idempotency-replayed')).toBe('true');
    expect(await eventsOf('attendance.punched')).toHaveLength(1);
  });

  it('refuses a wrong PIN, nobody, somebody without a PIN and somebody inactive alike', async () => {
    expect(await byPin()).toMatchObject({ status: 403, body: { code: 'CHECK_IN_REFUSED', errors: [] } });
    await setPin(PIN);
    const refused = [await byPin({ pin: '407219' }), await byPin({ employee_code: 'E-2' })];
    await database.owner.query('update users set is_active = false where id = $1', [ada.id]);
    refused.push(await byPin());
    for (const { status, body } of refused) {
      expect({ status, code: body.code, message: body.message }).toEqual({
        status: 403,
        code: 'CHECK_IN_REFUSED',
        message: refused[0]?.body.message,
      });
    }
    expect((await eventsOf('attendance.check_in_refused')).map(({ reason }) => reason)).toEqual([
      'no_pin',
      'wrong_pin',
      'unknown_person',
      'inactive',
    ]);
    expect(await eventsOf('attendance.punched')).toEqual([]);
  });

  it('is throttled for a person at a kiosk, also when many guesses come at once; later it goes on', async () => {
    await setPin(PIN);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, guess) => byPin({ pin: `11122${String(guess)}` })),
    );
    expect(guesses.filter(({ status }) => status === 403)).toHaveLength(5);
    const throttled = await byPin();
    expect(throttled).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await byCode(await codeOf(ada))).status).toBe(200);
    expect((await byPin({ source_id: 'other' })).status).toBe(200);
    now = new Date(now.getTime() + 15 * 60_000 + 1_000);
    expect((await byPin()).status).toBe(200);
  });

  it('counts guesses at one person together, named by id or by code', async () => {
    await setPin(PIN);
    for (let guess = 0; guess < 5; guess += 1) expect((await byPin({ pin: `11122${guess}` })).status).toBe(403);
    const byId = { employee_code: undefined, user_id: ada.id.toUpperCase(), pin: '111225' };
    expect(await byPin(byId)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  });

  it('is throttled at a kiosk, whoever is tried', async () => {
    for (let guess = 0; guess < 50; guess += 1) await byPin({ employee_code: `X-${String(guess)}` });
    expect(await byPin({ employee_code: 'X-50' })).toMatchObject({ status: 429 });
    expect((await eventsOf('attendance.check_in_refused')).at(-1)).toMatchObject({ reason: 'throttled' });
  });

  it('closes a kiosk to nobody else when one person or old codes are tried again and again', async () => {
    await setPin(PIN);
    for (let turn = 0; turn < 70; turn += 1) await byPin({ employee_code: 'X-1' });
    for (let turn = 0; turn < 60; turn += 1) await byCode('a'.repeat(60));
    expect((await byPin()).status).toBe(200);
    expect((await byCode(await codeOf(ada))).status).toBe(200);
  });

  it('does not let right PINs use up the tries', async () => {
    await setPin(PIN);
    for (let passing = 0; passing < 60; passing += 1) {
      now = new Date(now.getTime() + 1_000);
      expect((await byPin()).status).toBe(200);
    }
  });
});

describe('PINs', () => {
  it('are set by oneself or an operator, replaced and removed, and are nowhere to be read', async () => {
    const drawn = (await setPin()).body.data.pin ?? '';
    expect(drawn).toMatch(/^[0-9]{6}$/);
    expect((await byPin({ pin: drawn })).status).toBe(200);
    const own = await gateway.call<PinOut>('POST', '/v1/user/pin', { as: ada, json: { pin: '918273' } });
    expect(own.body.data).not.toHaveProperty('pin');
    expect((await byPin({ pin: drawn })).status).toBe(403);
    expect((await byPin({ pin: '918273' })).status).toBe(200);
    const remove = () => gateway.call('DELETE', `/v1/ops/user/${ada.id}/pin`, { as: operator });
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
    expect((await byPin({ pin: '918273' })).status).toBe(403);
    const { rows } = await database.owner.query<{ text: string }>(
      `select (select coalesce(string_agg(e::text, ' '), '') from events e) || (select coalesce(string_agg(d::text, ' '), '') from audit_details d) as text`,
    );
    for (const secret of [drawn, '918273']) {
      expect(rows[0]?.text).not.toMatch(new RegExp(`\\b${secret}\\b`));
      expect(JSON.stringify(gateway.log)).not.toMatch(new RegExp(`"${secret}"`));
    }
    expect((await eventsOf('pin.set')).concat(await eventsOf('pin.removed'))).toEqual([
      { user_id: ada.id },
      { user_id: ada.id },
      { user_id: ada.id },
    ]);
  });

  it.each(['12345', '12345678901', 'abcdef', '111111', '123456', '987654', '890123', '', '４０７２１８'])(
    'are not %j',
    async (pin) => {
      expect(await setPin(pin)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    },
  );

  it('belong to their organization', async () => {
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    expect(await setPin(PIN, stranger)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect(await gateway.call('DELETE', `/v1/ops/user/${ada.id}/pin`, { as: stranger })).toMatchObject({ status: 404 });
    await setPin(PIN);
    expect((await byPin({}, stranger)).status).toBe(403);
    expect((await byPin({ employee_code: undefined, user_id: ada.id }, stranger)).status).toBe(403);
  });
});

describe('check-in by QR code', () => {
  it('counts once within its life, at whatever kiosk it is shown', async () => {
    const token = await codeOf(ada);
    const first = await byCode(token);
    expect(first.body.data).toMatchObject({ user_id: ada.id, method: 'qr', direction: 'both' });
    now = new Date(now.getTime() + 20_000);
    const second = await byCode(token, { source_id: 'other' });
    expect(second.body.data).toMatchObject({
      check_in_id: first.body.data.check_in_id,
      captured_at: first.body.data.captured_at,
    });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await eventsOf('attendance.punched')).toHaveLength(1);
    expect((await byCode(await codeOf(ada))).headers.get('idempotency-replayed')).toBeNull();
  });

  it('is over after a minute, and was not good before it was made', async () => {
    const token = await codeOf(ada);
    const timestamp = new Date(now.getTime() - 3_600_000).toISOString();
    expect((await byCode(token, { timestamp })).body.errors).toMatchObject([{ path: '/token', code: 'EXPIRED' }]);
    now = new Date(now.getTime() + 120_000);
    expect(await byCode(token)).toMatchObject({ status: 403, body: { code: 'CHECK_IN_REFUSED' } });
    expect((await eventsOf('attendance.check_in_refused')).map(({ reason }) => reason)).toEqual([
      'code_expired',
      'code_expired',
    ]);
  });

  it('is not an access token, nor the other way round, nor of another organization', async () => {
    const token = await codeOf(ada);
    expect((await byCode(gateway.tokenOf(ada))).status).toBe(403);
    expect(await gateway.call('GET', '/v1/auth/me', { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
      status: 401,
    });
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
    expect((await byCode(await codeOf(stranger))).status).toBe(403);
    const none = [{ alg: 'none' }, { sub: ada.id, org: ada.organizationId, jti: 'x', aud: 'rollcall-check-in' }];
    const forged = `${none.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
    expect((await byCode(forged)).status).toBe(403);
    expect((await byCode(`${token.slice(0, -4)}AAAA`)).status).toBe(403);
  });
});

describe('a check-in', () => {
  it.each([
    [{ method: 'pin', pin: PIN }, '/user_id'],
    [{ method: 'pin', employee_code: 'E-1' }, '/pin'],
    [{ method: 'pin', employee_code: 'E-1', user_id: uuidV7(), pin: PIN }, '/employee_code'],
    [{ method: 'pin', employee_code: 'E-1', pin: PIN, token: 'x' }, '/token'],
    [{ method: 'qr' }, '/token'],
    [{ method: 'qr', token: 'x', pin: PIN }, '/pin'],
    [{ method: 'face', token: 'x' }, '/method'],
    [{ method: 'qr', token: 'x', timestamp: 'now' }, '/timestamp'],
  ])('is not %j', async (body, path) => {
    const answer = await send(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
  });

  it('is not from the future, and not from a kiosk that is switched off', async () => {
    await setPin(PIN);
    const timestamp = new Date(now.getTime() + 3_600_000).toISOString();
    expect(await byPin({ timestamp })).toMatchObject({ status: 422, body: { code: 'CAPTURED_IN_FUTURE' } });
    await byPin();
    await database.owner.query('update sources set is_active = false where organization_id = $1', [ada.organizationId]);
    expect(await byPin({ timestamp: new Date(now.getTime() - 1_000).toISOString() })).toMatchObject({ status: 409 });
  });

  it('may come from a kiosk with a key of its own, for its own source only', async () => {
    await setPin(PIN);
    const admin = await buildPrincipal(database, operator.organizationId, 'ADMIN');
    const makeKey = async (source_id: string, scopes: string[]) => {
      const json = { source_type: 'kiosk', source_id, scopes };
      const made = await gateway.call<DeviceWithKey>('POST', '/v1/admin/device', { as: admin, json });
      return made.body.data.api_key ?? '';
    };
    const kiosk = await makeKey('reception', ['check_in']);
    expect((await byPin({}, kiosk)).status).toBe(200);
    expect(await byPin({ source_id: 'elsewhere' }, kiosk)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await byPin({}, await makeKey('camera', ['recognize']))).toMatchObject({ status: 403 });
    expect(await byPin({}, ada)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });
});
