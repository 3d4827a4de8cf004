import { validateEvent } from '@rollcall/contracts';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  queryValue,
  recognitionItem,
  waitUntilBlocked,
  type BuiltOrganization,
  type BuiltSource,
  type RecognitionItem,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

interface Answer {
  readonly status: string;
  readonly id: string;
  readonly source_id: string | null;
}

let db: TestDatabase;
let organization: BuiltOrganization;
let source: BuiltSource;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organization = await buildOrganization(db.owner);
  source = await buildSource(db.owner, organization.id);
});

async function submit(...items: readonly RecognitionItem[]): Promise<Answer[]> {
  const { rows } = await db.gateway.query<{ answers: Answer[] }>('select submit_recognitions($1::jsonb) as answers', [
    JSON.stringify(items),
  ]);
  return rows[0]?.answers ?? [];
}

async function count(sql: string, ...values: readonly unknown[]): Promise<number> {
  const { rows } = await db.owner.query<{ count: string }>(sql, [...values]);
  return Number(rows[0]?.count);
}

const keyed = (key: string, bodyHash: string): Partial<RecognitionItem> => ({
  idempotency_key: key,
  body_hash: bodyHash,
});

describe('submit_recognitions', () => {
  it('stores a request with its image and its event, and answers in the order of the items', async () => {
    const items = Array.from({ length: 50 }, (_, index) => recognitionItem(source, { priority: index % 3 }));
    const answers = await submit(...items);
    expect(answers.map(({ id, status }) => ({ id, status }))).toEqual(
      items.map(({ id }) => ({ id, status: 'created' })),
    );
    const [first] = items;
    const { rows } = await db.owner.query('select * from recognition_requests where id = $1', [first?.id]);
    expect(rows[0]).toMatchObject({
      ...{ organization_id: organization.id, source_id: source.id, status: 'queued', attempts: 0, mode: 'single' },
      ...{ image_key: first?.image_key, image_width: 1280, image_height: 720, image_bytes: 1000 },
      ...{ request_event_id: first?.event_id, correlation_id: first?.correlation_id },
    });
    const events = await db.owner.query<{ id: string; type: 'recognition.requested'; payload: unknown }>(
      'select id, type, payload, subject from events where organization_id = $1 order by position',
      [organization.id],
    );
    expect(events.rows.map(({ id }) => id)).toEqual(items.map(({ event_id }) => event_id));
    for (const event of events.rows) validateEvent(event);
  });

  it('takes items of several organizations at once', async () => {
    const other = await buildOrganization(db.owner);
    const otherSource = await buildSource(db.owner, other.id, { externalId: source.externalId });
    const answers = await submit(recognitionItem(source), recognitionItem(otherSource));
    expect(answers.map(({ source_id }) => source_id)).toEqual([source.id, otherSource.id]);
    expect(await count('select count(*) from events where organization_id = $1', other.id)).toBe(1);
  });

  it('makes an unknown source when it may, once for the group, with an event', async () => {
    const stranger = { ...source, externalId: 'new-door' };
    const items = [
      recognitionItem(stranger, { may_create_source: true }),
      recognitionItem(stranger, { may_create_source: true }),
    ];
    const answers = await submit(...items);
    expect(answers.map(({ status }) => status)).toEqual(['created', 'created']);
    expect(answers[0]?.source_id).toBe(answers[1]?.source_id);
    const { rows } = await db.owner.query<{ type: 'source.discovered'; payload: unknown }>(
      `select type, payload from events where organization_id = $1 and type = 'source.discovered'`,
      [organization.id],
    );
    expect(rows).toHaveLength(1);
    for (const event of rows) validateEvent(event);
    const isConfigured = await queryValue(db.owner, `select is_configured from sources where external_id = 'new-door'`);
    expect(isConfigured).toBe(false);
  });

  it('answers in order when known, new and refused sources come together, and new ones have keys', async () => {
    const stranger = { ...source, externalId: 'new-gate' };
    const second = recognitionItem(stranger, { may_create_source: true, ...keyed('at-the-gate', 'aa') });
    const items = [
      recognitionItem({ ...source, externalId: 'nowhere' }),
      second,
      recognitionItem(source, keyed('at-the-door', 'aa')),
      recognitionItem(stranger, { may_create_source: true, ...keyed('at-the-gate', 'aa') }),
      recognitionItem(stranger, { may_create_source: true }),
    ];
    const answers = await submit(...items);
    const statuses = ['unknown_source', 'created', 'created', 'replayed', 'created'];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    expect(answers.map(({ id }) => id)).toEqual(
      items.map(({ id }, index) => (statuses[index] === 'replayed' ? second.id : id)),
    );
    expect(await count('select count(*) from recognition_requests where organization_id = $1', organization.id)).toBe(
      3,
    );
  });

  it('refuses an unknown source when it may not make it, and an inactive one, and takes the others', async () => {
    const inactive = await buildSource(db.owner, organization.id, { isActive: false });
    const answers = await submit(
      recognitionItem({ ...source, externalId: 'nowhere' }, keyed('k', 'aa')),
      recognitionItem(inactive),
      recognitionItem(source),
    );
    expect(answers.map(({ status }) => status)).toEqual(['unknown_source', 'source_inactive', 'created']);
    expect(await count('select count(*) from recognition_requests where organization_id = $1', organization.id)).toBe(
      1,
    );
    expect(await count('select count(*) from idempotency_keys where organization_id = $1', organization.id)).toBe(0);
  });

  it('answers a used key with the first request, and a used key with another body with a conflict', async () => {
    const first = recognitionItem(source, keyed('key', 'aa'));
    await submit(first);
    await db.owner.query(`update recognition_requests set status = 'completed' where id = $1`, [first.id]);
    const answers = await submit(
      recognitionItem(source, keyed('key', 'aa')),
      recognitionItem(source, keyed('key', 'bb')),
    );
    expect(answers[0]).toMatchObject({ status: 'replayed', id: first.id });
    expect(answers[1]).toMatchObject({ status: 'conflict' });
    expect(await count('select count(*) from recognition_requests where organization_id = $1', organization.id)).toBe(
      1,
    );
  });

  it('keeps keys of other callers, routes and organizations apart', async () => {
    const other = await buildSource(db.owner, (await buildOrganization(db.owner)).id);
    const answers = await submit(
      recognitionItem(source, keyed('key', 'aa')),
      recognitionItem(source, { ...keyed('key', 'aa'), principal: 'device:1' }),
      recognitionItem(source, { ...keyed('key', 'aa'), route: 'POST /elsewhere' }),
      recognitionItem(other, keyed('key', 'aa')),
    );
    expect(answers.map(({ status }) => status)).toEqual(['created', 'created', 'created', 'created']);
  });

  it('answers a replay although the source was switched off since', async () => {
    const first = recognitionItem(source, keyed('key', 'aa'));
    await submit(first);
    await db.owner.query('update sources set is_active = false where id = $1', [source.id]);
    expect(await submit(recognitionItem(source, keyed('key', 'aa')))).toMatchObject([
      { status: 'replayed', id: first.id },
    ]);
  });

  it('takes the first of equal keys in one group', async () => {
    const items = [
      recognitionItem(source, keyed('key', 'aa')),
      recognitionItem(source, keyed('key', 'aa')),
      recognitionItem(source, keyed('key', 'bb')),
    ];
    const answers = await submit(...items);
    expect(answers.map(({ status }) => status)).toEqual(['created', 'replayed', 'conflict']);
    expect(answers[1]?.id).toBe(items[0]?.id);
  });

  it('makes one request of equal keys in transactions that overlap', async () => {
    const [mine, theirs] = [recognitionItem(source, keyed('race', 'aa')), recognitionItem(source, keyed('race', 'aa'))];
    const client = await db.gateway.connect();
    try {
      await client.query('begin');
      await client.query('select submit_recognitions($1::jsonb)', [JSON.stringify([mine])]);
      const waiting = submit(theirs);
      await waitUntilBlocked(db);
      await client.query('commit');
      expect(await waiting).toMatchObject([{ status: 'replayed', id: mine.id }]);
    } finally {
      client.release(true);
    }
    expect(await count('select count(*) from recognition_requests where organization_id = $1', organization.id)).toBe(
      1,
    );
  });

  it('lets groups with the same keys in different orders through', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `shared-${index}`);
    const groups = Array.from({ length: 6 }, (_, group) => {
      const ordered = group % 2 === 0 ? keys : keys.toReversed();
      return ordered.map((key) => recognitionItem(source, keyed(key, 'aa')));
    });
    const answers = (await Promise.all(groups.map((group) => submit(...group)))).flat();
    expect(answers.filter(({ status }) => status === 'created')).toHaveLength(keys.length);
    expect(answers.filter(({ status }) => status === 'replayed')).toHaveLength(keys.length * 5);
  });

  it('uses the mode of the source when the frame names none', async () => {
    await db.owner.query(`update sources set capture_mode = 'group' where id = $1`, [source.id]);
    const item = recognitionItem(source, { mode: null });
    await submit(item);
    const { rows } = await db.owner.query('select mode from recognition_requests where id = $1', [item.id]);
    expect(rows).toEqual([{ mode: 'group' }]);
  });
});
