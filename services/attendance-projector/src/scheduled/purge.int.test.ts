import { buildOrganization, buildUser, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { purgeIdempotencyKeys } from './purge-idempotency-keys.js';
import { purgeRefreshTokens } from './purge-refresh-tokens.js';
import { purgeSystemLogs } from './purge-system-logs.js';

const signal = new AbortController().signal;
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

it('idempotency keys are forgotten after 24 hours', async () => {
  const { id } = await buildOrganization(db.owner);
  await db.owner.query(
    `insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id, created_at)
     select $1, 'user:1', 'POST /faces/recognize', hours::text, '\\x00', gen_random_uuid(), now() - hours * interval '1 hour'
     from unnest(array[0, 23, 25, 100]) as hours`,
    [id],
  );
  expect(await purgeIdempotencyKeys(db.system, signal)).toBe(2);
  const { rows } = await db.system.query<{ key: string }>('select key from idempotency_keys order by key');
  expect(rows.map(({ key }) => key)).toEqual(['0', '23']);
});

it('refresh tokens go when their time is over', async () => {
  const { id } = await buildOrganization(db.owner);
  const user = await buildUser(db.owner, id);
  await db.owner.query(
    `insert into refresh_tokens (id, organization_id, user_id, family_id, token_hash, expires_at)
     select gen_random_uuid(), $1, $2, gen_random_uuid(), minutes::text::bytea, now() + minutes * interval '1 minute'
     from unnest(array[-60, -1, 1, 60]) as minutes`,
    [id, user.id],
  );
  expect(await purgeRefreshTokens(db.system, signal)).toBe(2);
  const { rows } = await db.system.query<{ valid: boolean }>('select expires_at > now() as valid from refresh_tokens');
  expect(rows).toEqual([{ valid: true }, { valid: true }]);
});

it('lines of the system log go after 30 days, and the oldest where there are too many', async () => {
  await db.owner.query(
    `insert into system_logs (level, service, code, message, occurred_at)
     select 'warn', 'gateway', 'X', days::text, now() - days * interval '1 day' from unnest(array[40, 31, 29, 2, 1, 0]) as days`,
  );
  const kept = async () => {
    const { rows } = await db.system.query<{ message: string }>('select message from system_logs order by id');
    return rows.map(({ message }) => message);
  };
  expect(await purgeSystemLogs(db.system, signal)).toBe(2);
  expect(await kept()).toEqual(['29', '2', '1', '0']);
  expect(await purgeSystemLogs(db.system, signal, 3)).toBe(1);
  expect(await kept()).toEqual(['2', '1', '0']);
});
