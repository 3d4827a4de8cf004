import { validateEvent } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import {
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  queryValue,
  registrationItem,
  submitRecognition,
  type BuiltOrganization,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

type Kind = 'recognition' | 'registration';

let db: TestDatabase;
let organization: BuiltOrganization;
const worker = uuidV7();

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  // One queue serves all organizations: what other tests left must not be claimed here.
  for (const kind of ['recognition', 'registration'])
    await db.owner.query(`update ${kind}_requests set status = 'failed'`);
  organization = await buildOrganization(db.owner);
});

async function submit(kind: Kind): Promise<string> {
  if (kind === 'recognition')
    return (await submitRecognition(db.gateway, await buildSource(db.owner, organization.id))).id;
  const item = registrationItem(await buildUser(db.owner, organization.id));
  await withOrganization(db.gateway, organization.id, (client) =>
    client.query('select submit_registration($1::jsonb)', [JSON.stringify(item)]),
  );
  return item.id;
}

async function claim(kind: Kind): Promise<string[]> {
  const { rows } = await db.system.query<{ id: string }>(`select id from claim_${kind}s($1, 1, '60 s')`, [worker]);
  return rows.map(({ id }) => id);
}

const fail = (kind: string, id: string, retry: boolean, spare = false, eventId = uuidV7()): Promise<unknown> =>
  queryValue(db.system, 'select fail_request($1, $2, $3, $4, $5, $6, $7)', [
    ...[worker, kind, id, 'IMAGE_UNREADABLE', eventId, retry, spare],
  ]);

const letPauseEnd = (kind: Kind, id: string): Promise<unknown> =>
  db.owner.query(`update ${kind}_requests set claimed_until = now() - interval '1 second' where id = $1`, [id]);

const troubleBegan = (kind: Kind, id: string, ago: string): Promise<unknown> =>
  db.owner.query(`update ${kind}_requests set storage_trouble_since = now() - $2::interval where id = $1`, [id, ago]);

async function read(kind: Kind, id: string): Promise<Record<string, unknown>> {
  const { rows } = await db.owner.query<Record<string, unknown>>(`select * from ${kind}_requests where id = $1`, [id]);
  return rows[0] ?? {};
}

describe.each(['recognition', 'registration'] as const)('fail_request of a %s', (kind) => {
  it('has it tried again after a pause until its attempts are used up, then ends it with a valid event', async () => {
    const id = await submit(kind);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await claim(kind)).toEqual([id]);
      expect(await fail(kind, id, true)).toBe('retried');
      expect(await claim(kind)).toEqual([]);
      await letPauseEnd(kind, id);
    }
    expect(await claim(kind)).toEqual([id]);
    const eventId = uuidV7();
    expect(await fail(kind, id, true, false, eventId)).toBe('failed');
    expect(await read(kind, id)).toMatchObject({ status: 'failed', reason: 'IMAGE_UNREADABLE', claimed_by: null });
    const { rows } = await db.owner.query<{ type: 'recognition.failed'; payload: unknown }>(
      'select type, payload from events where id = $1',
      [eventId],
    );
    expect(rows).toMatchObject([{ type: `${kind}.failed`, payload: { reason: 'IMAGE_UNREADABLE' } }]);
    for (const event of rows) validateEvent(event);
  });

  it('ends it at once when another try would not help', async () => {
    const id = await submit(kind);
    await claim(kind);
    expect(await fail(kind, id, false)).toBe('failed');
    expect(await fail(kind, id, false)).toBe('lost');
  });

  it('counts no attempt in the first hour of trouble of storage or database, however old it was by then', async () => {
    const id = await submit(kind);
    const born = kind === 'recognition' ? 'received_at' : 'created_at';
    await db.owner.query(`update ${kind}_requests set ${born} = now() - interval '2 days' where id = $1`, [id]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await claim(kind)).toEqual([id]);
      expect(await fail(kind, id, true, true)).toBe('retried');
      await letPauseEnd(kind, id);
    }
    await troubleBegan(kind, id, '2 hours');
    for (const answer of ['retried', 'retried', 'failed']) {
      expect(await claim(kind)).toEqual([id]);
      expect(await fail(kind, id, true, true)).toBe(answer);
      await letPauseEnd(kind, id);
    }
  });

  it('begins the hour anew when something else kept it meanwhile', async () => {
    const id = await submit(kind);
    await claim(kind);
    await fail(kind, id, true, true);
    await troubleBegan(kind, id, '2 hours');
    for (const spare of [false, true]) {
      await letPauseEnd(kind, id);
      expect(await claim(kind)).toEqual([id]);
      expect(await fail(kind, id, true, spare)).toBe('retried');
    }
    // The last one was not counted.
    expect(await read(kind, id)).toMatchObject({ attempts: 1 });
  });

  it('sent once more because its answer was lost does not end the next try of the same worker', async () => {
    const id = await submit(kind);
    await claim(kind);
    const first = (): Promise<unknown> =>
      queryValue(db.system, `select fail_request($1, $2, $3, 'PIPELINE_CRASHED', $4, true, false, 1)`, [
        ...[worker, kind, id, uuidV7()],
      ]);
    expect(await first()).toBe('retried');
    await letPauseEnd(kind, id);
    expect(await claim(kind)).toEqual([id]);
    expect(await first()).toBe('lost');
    expect(await read(kind, id)).toMatchObject({ status: 'processing', attempts: 2, claimed_by: worker });
  });

  it('does nothing for what is not held', async () => {
    const id = await submit(kind);
    expect(await fail(kind, id, false)).toBe('lost');
    expect(await read(kind, id)).toMatchObject({ status: 'queued', reason: null });
  });
});

describe('fail_request', () => {
  it('has a frame whose time is over during its pause expire instead of being tried again', async () => {
    const id = await submit('recognition');
    await claim('recognition');
    expect(await fail('recognition', id, true)).toBe('retried');
    await db.owner.query(`update recognition_requests set expires_at = now() - interval '1 second' where id = $1`, [
      id,
    ]);
    await letPauseEnd('recognition', id);
    expect(await claim('recognition')).toEqual([]);
    expect(await read('recognition', id)).toMatchObject({ status: 'expired', reason: 'EXPIRED', claimed_until: null });
    const told = `select type from events where subject = $1 order by position desc limit 1`;
    expect(await queryValue(db.owner, told, [`recognitions/${id}`])).toBe('recognition.expired');
  });

  it('counts no attempt in the first hour after a frame was put into the queue again', async () => {
    const id = await submit('recognition');
    await db.owner.query(`update recognition_requests set received_at = now() - interval '1 day' where id = $1`, [id]);
    await claim('recognition');
    await fail('recognition', id, true, true);
    await troubleBegan('recognition', id, '2 hours');
    await letPauseEnd('recognition', id);
    await claim('recognition');
    expect(await fail('recognition', id, false)).toBe('failed');
    const requeue = `select requeue_request($1, $2, 'user:somebody', now() + interval '1 day') ->> 'status'`;
    const answer = await withOrganization(db.gateway, organization.id, (client) =>
      queryValue(client, requeue, [id, uuidV7()]),
    );
    expect(answer).toBe('requeued');
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await claim('recognition')).toEqual([id]);
      expect(await fail('recognition', id, true, true)).toBe('retried');
      await letPauseEnd('recognition', id);
    }
  });

  it('gives up the images of a registration that failed', async () => {
    const id = await submit('registration');
    await claim('registration');
    await fail('registration', id, false);
    expect(await read('registration', id)).toMatchObject({ images: [] });
    const doomed = 'select count(*)::int from object_deletions where organization_id = $1';
    expect(await queryValue(db.owner, doomed, [organization.id])).toBe(3);
  });

  it('refuses other kinds', async () => {
    await expect(fail('something', uuidV7(), false)).rejects.toThrow('unknown kind');
  });
});
