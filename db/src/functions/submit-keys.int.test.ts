import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  recognitionItem,
  waitUntilBlocked,
  type BuiltSource,
  type RecognitionItem,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

interface Answer {
  readonly status: string;
  readonly id: string;
}

let db: TestDatabase;
let source: BuiltSource;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  source = await buildSource(db.owner, (await buildOrganization(db.owner)).id);
});

const keyed = (key: string): Partial<RecognitionItem> => ({ idempotency_key: key, body_hash: 'aa' });

async function submit(...items: readonly RecognitionItem[]): Promise<Answer[]> {
  const { rows } = await db.gateway.query<{ answers: Answer[] }>('select submit_recognitions($1::jsonb) as answers', [
    JSON.stringify(items),
  ]);
  return rows[0]?.answers ?? [];
}

/** Submits items of which one has to wait for a key of somebody else, and changes something meanwhile. */
async function submitMeanwhile(items: readonly RecognitionItem[], change: () => Promise<unknown>): Promise<Answer[]> {
  const client = await db.gateway.connect();
  try {
    await client.query('begin');
    await client.query('select submit_recognitions($1::jsonb)', [
      JSON.stringify([recognitionItem(source, keyed('held'))]),
    ]);
    const submitted = submit(recognitionItem(source, keyed('held')), ...items);
    await waitUntilBlocked(db);
    await change();
    await client.query('commit');
    return (await submitted).slice(1);
  } finally {
    client.release(true);
  }
}

const framesOf = async (organizationId: string): Promise<string[]> => {
  const { rows } = await db.owner.query<{ id: string }>(
    'select id from recognition_requests where organization_id = $1',
    [organizationId],
  );
  return rows.map(({ id }) => id);
};

describe('keys of frames whose source changes while they are taken in', () => {
  it.each([true, false])('a source that appears meanwhile: the key holds (may be made by frames: %s)', async (may) => {
    const door = { ...source, externalId: `door-${String(may)}` };
    const first = recognitionItem(door, { may_create_source: may, ...keyed('punch') });
    const made = recognitionItem(door, { may_create_source: true });
    const [answer] = await submitMeanwhile([first], () => submit(made));
    expect(answer).toMatchObject({ status: 'created', id: first.id });
    const again = await submit(recognitionItem(door, keyed('punch')));
    expect(again).toMatchObject([{ status: 'replayed', id: first.id }]);
    expect((await framesOf(source.organizationId)).filter((id) => id !== made.id)).toHaveLength(2);
  });

  it('a source that is switched off meanwhile: no key stays behind without its frame', async () => {
    const door = await buildSource(db.owner, source.organizationId);
    const switchTo = (active: boolean) =>
      db.owner.query('update sources set is_active = $2 where id = $1', [door.id, active]);
    const [answer] = await submitMeanwhile([recognitionItem(door, keyed('punch'))], () => switchTo(false));
    await switchTo(true);
    const [again] = await submit(recognitionItem(door, keyed('punch')));
    const frames = await framesOf(source.organizationId);
    expect(again).toMatchObject({ status: answer?.status === 'created' ? 'replayed' : 'created' });
    expect(frames).toContain(again?.id);
  });
});
