import { validateEvent } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import {
  buildOrganization,
  buildUser,
  createTestDatabase,
  queryValue,
  registrationItem,
  registrationResult,
  waitUntilBlocked,
  type BuiltOrganization,
  type BuiltUser,
  type RegistrationItem,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;
let organization: BuiltOrganization;
let user: BuiltUser;
const worker = uuidV7();

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.owner.query(`update registration_requests set status = 'failed'`);
  organization = await buildOrganization(db.owner);
  user = await buildUser(db.owner, organization.id);
});

async function submit(
  item: RegistrationItem,
  organizationId = organization.id,
): Promise<{ status: string; id: string } | undefined> {
  return withOrganization(db.gateway, organizationId, (client) =>
    queryValue(client, 'select submit_registration($1::jsonb)', [JSON.stringify(item)]),
  );
}

async function claim(limit = 1): Promise<Record<string, unknown>[]> {
  const { rows } = await db.system.query<Record<string, unknown>>(`select * from claim_registrations($1, $2, '60 s')`, [
    worker,
    limit,
  ]);
  return rows;
}

async function complete(answer: object): Promise<{ status: string } | undefined> {
  return queryValue(db.system, 'select complete_registration($1, $2::jsonb)', [worker, JSON.stringify(answer)]);
}

async function read(id: string): Promise<Record<string, unknown>> {
  const { rows } = await db.owner.query<Record<string, unknown>>('select * from registration_requests where id = $1', [
    id,
  ]);
  return rows[0] ?? {};
}

async function eventsOf(id: string): Promise<string[]> {
  const { rows } = await db.owner.query<{ type: 'face.registered'; payload: unknown }>(
    `select type, payload from events where payload ->> 'registration_id' = $1 order by position`,
    [id],
  );
  for (const event of rows) validateEvent(event);
  return rows.map(({ type }) => type);
}

const doomedKeys = (): Promise<string[] | null | undefined> =>
  queryValue(
    db.owner,
    'select array_agg(object_key order by object_key) from object_deletions where organization_id = $1',
    [organization.id],
  );

describe('submit_registration', () => {
  it('stores the request with its event', async () => {
    const item = registrationItem(user);
    expect(await submit(item)).toMatchObject({ status: 'created', id: item.id });
    expect(await read(item.id)).toMatchObject({ status: 'queued', user_id: user.id, images: item.images });
    expect(await eventsOf(item.id)).toEqual(['registration.requested']);
  });

  it('answers a used key with the first request or a conflict', async () => {
    const first = registrationItem(user, { idempotency_key: 'key', body_hash: 'aa' });
    await submit(first);
    expect(await submit(registrationItem(user, { idempotency_key: 'key', body_hash: 'aa' }))).toMatchObject({
      ...{ status: 'replayed', id: first.id, request: { status: 'queued' } },
    });
    expect(await submit(registrationItem(user, { idempotency_key: 'key', body_hash: 'bb' }))).toMatchObject({
      status: 'conflict',
    });
  });

  it('makes one request of equal keys in transactions that overlap', async () => {
    const items = Array.from({ length: 5 }, () => registrationItem(user, { idempotency_key: 'race', body_hash: 'aa' }));
    const answers = await Promise.all(items.map((item) => submit(item)));
    expect(answers.filter((answer) => answer?.status === 'created')).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
  });

  it('knows no deleted person and none of another organization, and keeps no key for them', async () => {
    const other = await buildOrganization(db.owner);
    const item = registrationItem(user, { organization_id: other.id, idempotency_key: 'key', body_hash: 'aa' });
    expect(await submit(item, other.id)).toMatchObject({ status: 'user_not_found' });
    await db.owner.query('update users set is_deleted = true where id = $1', [user.id]);
    expect(await submit(registrationItem(user))).toMatchObject({ status: 'user_not_found' });
    expect(
      await queryValue(db.owner, 'select count(*)::int from idempotency_keys where organization_id = $1', [other.id]),
    ).toBe(0);
  });

  it('keeps no key without its request when the person is deleted at this moment', async () => {
    const item = registrationItem(user, { idempotency_key: 'key', body_hash: 'aa' });
    const client = await db.gateway.connect();
    try {
      await client.query(`begin; set local app.organization_id = '${organization.id}'`);
      await client.query('select submit_registration($1::jsonb)', [JSON.stringify(item)]);
      const deleting = withOrganization(db.gateway, organization.id, (gateway) =>
        queryValue(gateway, 'select delete_user($1, $2, $3, $4)', [user.id, uuidV7(), 'user:1', uuidV7()]),
      );
      await waitUntilBlocked(db);
      await client.query('commit');
      expect(await deleting).not.toBeNull();
    } finally {
      client.release(true);
    }
    expect(await read(item.id)).toMatchObject({ status: 'queued' });
    expect(await submit(registrationItem(user, { idempotency_key: 'key', body_hash: 'aa' }))).toMatchObject({
      ...{ status: 'replayed', id: item.id },
    });
  });

  it('writes into no other organization than the transaction is for', async () => {
    const other = await buildOrganization(db.owner);
    await expect(submit(registrationItem(user, { user_id: user.id }), other.id)).resolves.toMatchObject({
      status: 'user_not_found',
    });
    expect(
      await queryValue(db.owner, 'select count(*)::int from registration_requests where user_id = $1', [user.id]),
    ).toBe(0);
  });
});

describe('claim_registrations', () => {
  it('gives the oldest, then those of lost workers first, and ends what lost three', async () => {
    const items = [registrationItem(user, { received_at: '2025-03-03T09:00:00Z' }), registrationItem(user)];
    for (const item of items) await submit(item);
    const [first, second] = items;
    expect(await claim()).toMatchObject([{ id: first?.id, user_id: user.id, images: first?.images, attempts: 1 }]);
    for (const attempts of [2, 3]) {
      await db.owner.query(`update registration_requests set claimed_until = now() - interval '1 s' where id = $1`, [
        first?.id,
      ]);
      expect(await claim()).toMatchObject([{ id: first?.id, attempts }]);
    }
    await db.owner.query(`update registration_requests set claimed_until = now() - interval '1 s' where id = $1`, [
      first?.id,
    ]);
    expect(await claim()).toMatchObject([{ id: second?.id }]);
    expect(await read(first?.id ?? '')).toMatchObject({ status: 'failed', reason: 'WORKER_LOST', images: [] });
    expect(await eventsOf(first?.id ?? '')).toEqual(['registration.requested', 'registration.failed']);
    expect(await doomedKeys()).toEqual(first?.images.map(({ object_key }) => object_key));
  });

  it('has the disk keep the end of a lost one, although frames are claimed in the same statement', async () => {
    const item = registrationItem(user);
    const { id } = item;
    await submit(item);
    await claim();
    const lost = `update registration_requests set attempts = 3, claimed_until = now() - interval '1 s' where id = $1`;
    await db.owner.query(lost, [id]);
    const client = await db.system.connect();
    const afterClaim = async (): Promise<unknown> => {
      await client.query('begin');
      await client.query(
        `with people as materialized (select * from claim_registrations($1, 1, '60 s'))
         select * from claim_recognitions($1, 1 - (select count(*)::int from people), '60 s')`,
        [worker],
      );
      const setting = await queryValue(client, `select current_setting('synchronous_commit')`);
      await client.query('commit');
      return setting;
    };
    try {
      expect(await afterClaim()).toBe('on');
      expect(await eventsOf(id)).toEqual(['registration.requested', 'registration.failed']);
      await submit(registrationItem(user));
      expect(await afterClaim()).toBe('off');
    } finally {
      client.release(true);
    }
  });
});

describe('complete_registration', () => {
  it('enrols enough good faces: searchable from this commit on', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    const answer = registrationResult(item, [0, 1, 2]);
    expect(await complete(answer)).toEqual({ status: 'completed' });
    expect(await read(item.id)).toMatchObject({ status: 'completed', images: [], claimed_by: null });
    expect(await eventsOf(item.id)).toEqual(['registration.requested', 'face.registered']);
    const { rows } = await db.owner.query<{ id: string; length: number; sha256: Buffer }>(
      `select e.id, length(e.embedding) as length, i.sha256 from face_embeddings e join face_images i on i.id = e.face_image_id where e.user_id = $1 order by i.image_index`,
      [user.id],
    );
    expect(rows).toEqual(
      answer.accepted.map(({ face_id: id }) => ({ id, length: 2048, sha256: Buffer.from('00ff', 'hex') })),
    );
    expect(
      await queryValue(db.owner, 'select version::int from galleries where organization_id = $1', [organization.id]),
    ).toBe(1);
    expect(await doomedKeys()).toBeNull();
  });

  it('keeps the good images and gives up the others', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    const answer = registrationResult(item, [0, 2], { min_good: 2 });
    expect(await complete(answer)).toEqual({ status: 'completed' });
    expect(await doomedKeys()).toEqual([item.images[1]?.object_key]);
    expect(await read(item.id)).toMatchObject({ rejected: answer.rejected });
  });

  it('keeps nothing of too few', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    expect(await complete(registrationResult(item, [0, 1]))).toEqual({ status: 'rejected' });
    expect(await read(item.id)).toMatchObject({ status: 'rejected', reason: 'TOO_FEW_GOOD_IMAGES', images: [] });
    expect(await eventsOf(item.id)).toEqual(['registration.requested', 'registration.rejected']);
    expect(await doomedKeys()).toEqual(item.images.map(({ object_key }) => object_key));
    expect(await queryValue(db.owner, 'select count(*)::int from face_images where user_id = $1', [user.id])).toBe(0);
  });

  it('writes nothing twice and nothing for a claim that went to another', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    await complete(registrationResult(item, [0, 1, 2]));
    expect(await complete(registrationResult(item, [0, 1, 2]))).toEqual({ status: 'lost' });
    expect(await queryValue(db.owner, 'select count(*)::int from face_embeddings where user_id = $1', [user.id])).toBe(
      3,
    );
  });

  it('enrols nobody who was deleted meanwhile', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    await db.owner.query('update users set is_deleted = true where id = $1', [user.id]);
    expect(await complete(registrationResult(item, [0, 1, 2]))).toEqual({ status: 'user_gone' });
    expect(await eventsOf(item.id)).toEqual(['registration.requested', 'registration.rejected']);
    expect(await doomedKeys()).toHaveLength(3);
  });

  it('leaves no face to a person whose deletion overlaps, whichever commits first', async () => {
    const item = registrationItem(user);
    await submit(item);
    await claim();
    const client = await db.system.connect();
    try {
      await client.query('begin');
      await client.query('select complete_registration($1, $2::jsonb)', [
        worker,
        JSON.stringify(registrationResult(item, [0, 1, 2])),
      ]);
      const deleting = withOrganization(db.gateway, organization.id, (gateway) =>
        queryValue<{ face_ids: string[] }>(gateway, 'select delete_user($1, $2, $3, $4)', [
          user.id,
          uuidV7(),
          'user:1',
          uuidV7(),
        ]),
      );
      await waitUntilBlocked(db);
      await client.query('commit');
      expect((await deleting)?.face_ids).toHaveLength(3);
    } finally {
      client.release(true);
    }
    expect(await queryValue(db.owner, 'select count(*)::int from face_embeddings where user_id = $1', [user.id])).toBe(
      0,
    );
  });
});
