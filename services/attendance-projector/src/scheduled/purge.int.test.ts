import { buildOrganization, buildUser, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { purgeCorrectionBatches } from './purge-correction-batches.js';
import { purgeIdempotencyKeys } from './purge-idempotency-keys.js';
import { purgeRefreshTokens } from './purge-refresh-tokens.js';
import { purgeSystemLogs } from './purge-system-logs.js';
import { purgeUploadedImages } from './purge-uploaded-images.js';
import { purgeUserImports } from './purge-user-imports.js';

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

it('uploaded images nobody used go when their time is over, and their objects after them', async () => {
  const { id } = await buildOrganization(db.owner);
  await db.owner.query(
    `insert into uploaded_images (id, organization_id, uploaded_by, object_key, sha256, content_type, byte_size, width, height, expires_at)
     select gen_random_uuid(), $1, 'user:1', 'upload-' || minutes, '\\x00', 'image/jpeg', 1, 1, 1, now() + minutes * interval '1 minute'
     from unnest(array[-60, -1, 1, 60]) as minutes`,
    [id],
  );
  expect(await purgeUploadedImages(db.system, signal)).toBe(2);
  expect(await purgeUploadedImages(db.system, signal)).toBe(0);
  const { rows } = await db.system.query<{ object_key: string }>('select object_key from uploaded_images order by 1');
  expect(rows.map(({ object_key }) => object_key)).toEqual(['upload-1', 'upload-60']);
  const doomed = await db.system.query<{ object_key: string }>(
    'select object_key from object_deletions where organization_id = $1 order by 1',
    [id],
  );
  expect(doomed.rows.map(({ object_key }) => object_key)).toEqual(['upload--1', 'upload--60']);
});

it('answers of imports are kept as long as the keys that ask for them', async () => {
  const { id } = await buildOrganization(db.owner);
  await db.owner.query(
    `insert into user_imports (id, organization_id, started_by, attempt_id, created_at)
     select gen_random_uuid(), $1, 'user:1', gen_random_uuid(), now() - hours * interval '1 hour' from unnest(array[1, 24, 49]) as hours`,
    [id],
  );
  expect(await purgeUserImports(db.system, signal)).toBe(1);
});

it('answers of calls with entries by hand are kept as long as the keys that ask for them', async () => {
  const { id } = await buildOrganization(db.owner);
  await db.owner.query(
    `insert into correction_batches (id, organization_id, verdicts, created_by, created_at)
     select gen_random_uuid(), $1, '[]', gen_random_uuid(), now() - hours * interval '1 hour' from unnest(array[1, 24, 49]) as hours`,
    [id],
  );
  expect(await purgeCorrectionBatches(db.system, signal)).toBe(1);
});
