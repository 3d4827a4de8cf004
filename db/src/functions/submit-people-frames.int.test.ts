import { validateEvent } from '@rollcall/contracts';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  recognitionItem,
  type BuiltSource,
  type RecognitionItem,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;
let source: BuiltSource;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  source = await buildSource(db.owner, (await buildOrganization(db.owner)).id);
});

function sentBy(given: Partial<RecognitionItem> = {}) {
  const detail = { address: '192.0.2.7', source_id: source.externalId };
  return { ...recognitionItem(source, given), trail: { event_id: uuidV7(), detail, salt: 'ab'.repeat(16) } };
}

async function submit(...items: readonly ReturnType<typeof sentBy>[]): Promise<{ status: string; id: string }[]> {
  const { rows } = await db.gateway.query<{ answers: { status: string; id: string }[] }>(
    'select submit_people_frames($1::jsonb) as answers',
    [JSON.stringify(items)],
  );
  return rows[0]?.answers ?? [];
}

async function linesLeft(organizationId: string) {
  const { rows } = await db.owner.query<{ id: string; type: 'frame.submitted'; payload: unknown }>(
    `select e.id, e.type, e.subject, e.actor, e.correlation_id, e.causation_id, e.payload, d.detail, encode(d.salt, 'hex') as salt
     from events e left join audit_details d on d.event_id = e.id and d.organization_id = e.organization_id
     where e.organization_id = $1 and e.type = 'frame.submitted' order by e.position`,
    [organizationId],
  );
  return rows;
}

describe('submit_people_frames', () => {
  it('takes frames in and leaves an event with words for each, in the order of the items', async () => {
    const items = [sentBy({ late_arrival: true }), sentBy()];
    expect((await submit(...items)).map(({ status, id }) => ({ status, id }))).toEqual(
      items.map(({ id }) => ({ status: 'created', id })),
    );
    const lines = await linesLeft(source.organizationId);
    expect(lines).toEqual(
      items.map((item) => ({
        ...{ id: item.trail.event_id, type: 'frame.submitted', subject: `recognitions/${item.id}` },
        ...{ actor: item.requested_by, correlation_id: item.correlation_id, causation_id: item.event_id },
        payload: {
          recognition_id: item.id,
          source_id: source.id,
          captured_at: expect.stringContaining(item.captured_at.slice(0, 19)) as string,
          late_arrival: item.late_arrival,
        },
        ...{ detail: item.trail.detail, salt: item.trail.salt },
      })),
    );
    for (const line of lines) validateEvent(line);
  });

  it('names a source that was not known before', async () => {
    const [answer] = await submit(sentBy({ source_id: 'new-door', may_create_source: true }));
    expect(answer?.status).toBe('created');
    const { rows } = await db.owner.query<{ id: string }>("select id from sources where external_id = 'new-door'");
    expect((await linesLeft(source.organizationId))[0]?.payload).toMatchObject({ source_id: rows[0]?.id });
  });

  it('leaves nothing for a repetition, in the same group or later, nor for what is refused', async () => {
    const keyed = { idempotency_key: 'once', body_hash: '00'.repeat(32) };
    const first = sentBy(keyed);
    const answers = [
      ...(await submit(first, sentBy(keyed))),
      ...(await submit(sentBy(keyed), sentBy({ ...keyed, body_hash: '11'.repeat(32) }))),
      ...(await submit(sentBy({ source_id: 'nowhere' }))),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      ...['created', 'replayed', 'replayed', 'conflict', 'unknown_source'],
    ]);
    expect((await linesLeft(source.organizationId)).map(({ id }) => id)).toEqual([first.trail.event_id]);
    const { rows } = await db.owner.query('select event_id from audit_details where organization_id = $1', [
      source.organizationId,
    ]);
    expect(rows).toEqual([{ event_id: first.trail.event_id }]);
  });

  it('rings the face workers alone: a projector that came for the line would gather while the result waits', async () => {
    const listener = await db.owner.connect();
    const rung: string[] = [];
    listener.on('notification', ({ channel }) => rung.push(channel));
    try {
      await listener.query('listen rollcall_events');
      await listener.query('listen rollcall_requests');
      await submit(sentBy(), sentBy());
      // Notifications come with the answers of the connection.
      await listener.query('select 1');
      expect(rung).toEqual(['rollcall_requests']);
    } finally {
      await listener.query('unlisten *');
      listener.release();
    }
  });

  it('leaves nothing at all when one of the group cannot be taken', async () => {
    const broken = { ...sentBy(), trail: { ...sentBy().trail, salt: 'no hex' } };
    await expect(submit(sentBy(), broken)).rejects.toThrow('hexadecimal');
    const { rows } = await db.owner.query('select 1 from recognition_requests where organization_id = $1', [
      source.organizationId,
    ]);
    expect(rows).toEqual([]);
  });
});
