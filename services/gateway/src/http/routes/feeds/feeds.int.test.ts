import type { AuditLogOut, EventOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { newEvent, appendEvents, ringEvents } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const get = <Row = EventOut>(path: string, as = operator) => gateway.call<Row[]>('GET', path, { as });
const cursorOf = (answer: Answer) => answer.body.meta.next_cursor ?? '';

/** Appends events `user.updated` (changed: the given words) and rings. */
async function append(...words: string[]): Promise<void> {
  await withTransaction(database.system, async (client) => {
    const events = words.map((word) =>
      newEvent<'user.updated'>({
        type: 'user.updated',
        organizationId: operator.organizationId,
        subject: `users/${operator.id}`,
        actor: 'system:test',
        correlationId: uuidV7(),
        payload: { user_id: operator.id, changed: [word] },
        occurredAt: new Date(),
      }),
    );
    await appendEvents(client, events);
    await ringEvents(client);
  });
}

const wordsOf = (answer: Answer<EventOut[]>) =>
  answer.body.data.map((event) => (event.data['changed'] as string[])[0] ?? '');

/** Reads until the feed has shown this many: events become readable once older transactions of the cluster have ended. */
async function readWords(count: number, query = ''): Promise<string[]> {
  const words: string[] = [];
  let after = '';
  while (words.length < count) {
    const answer = await get(`/v1/events?wait=5&limit=2${query}${after}`);
    words.push(...wordsOf(answer));
    after = `&after=${cursorOf(answer)}`;
  }
  return words;
}

describe('GET /v1/events', () => {
  it('tells every event once, in order, over pages', async () => {
    await append('a', 'b');
    await append('c', 'd', 'e');
    expect(await readWords(5)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('shows CloudEvents from which one can go on', async () => {
    await append('a', 'b');
    await readWords(2);
    const page = await get('/v1/events?limit=1');
    const [event] = page.body.data;
    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'user.updated',
      subject: `users/${operator.id}`,
      organizationid: operator.organizationId,
      data: { user_id: operator.id, changed: ['a'] },
    });
    expect(wordsOf(await get(`/v1/events?after=${event?.cursor ?? ''}&limit=1`))).toEqual(['b']);
    expect(cursorOf(page)).toBe(event?.cursor);
  });

  it('waits for the first event, and the ring ends the wait', async () => {
    const start = cursorOf(await get('/v1/events'));
    const waiting = get(`/v1/events?after=${start}&wait=30`);
    await append('late');
    expect(wordsOf(await waiting)).toEqual(['late']);
  });

  it('gives a cursor to go on from although there is nothing, or nothing of the wanted types', async () => {
    const empty = await get('/v1/events');
    expect(empty.body.data).toEqual([]);
    await append('a');
    await readWords(1);
    const filtered = await get(`/v1/events?types=face.deleted,user.deleted&after=${cursorOf(empty)}`);
    expect(filtered.body.data).toEqual([]);
    await append('b');
    expect(await readWords(1, `&types=user.updated&after=${cursorOf(filtered)}`)).toEqual(['b']);
  });

  it('shows an organization its own events only', async () => {
    await append('a');
    await readWords(1);
    expect((await get('/v1/events', stranger)).body.data).toEqual([]);
  });

  it.each([
    ['?types=no.such_type', 'VALIDATION_FAILED'],
    ['?types=user', 'VALIDATION_FAILED'],
    ['?wait=31', 'VALIDATION_FAILED'],
    ['?wait=-1', 'VALIDATION_FAILED'],
    ['?limit=201', 'VALIDATION_FAILED'],
    ['?after=rubbish', 'INVALID_CURSOR'],
    ['?cursor=x', 'VALIDATION_FAILED'],
  ])('refuses the query %s', async (query, code) => {
    expect(await get(`/v1/events${query}`)).toMatchObject({ status: 422, body: { code } });
  });

  it('is not for people without a role in the organization', async () => {
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await get('/v1/events', user)).toMatchObject({ status: 403 });
    expect(await get<AuditLogOut>('/v1/ops/get-logs', user)).toMatchObject({ status: 403 });
  });
});

describe('GET /v1/ops/get-logs', () => {
  async function audit(sequence: number, given: { action?: string; actor?: string; subject?: string }): Promise<void> {
    const id = uuidV7();
    await database.system.query(
      `insert into audit_logs (id, organization_id, sequence, event_id, action, actor, subject, occurred_at, previous_hash, hash)
       values ($1, $2, $3, $1, $4, $5, $6, $7, '\\x00', '\\x0a')`,
      [
        id,
        operator.organizationId,
        sequence,
        given.action ?? 'user.created',
        given.actor ?? 'user:a',
        given.subject ?? 'users/x',
        `2025-03-0${sequence}T00:00:00Z`,
      ],
    );
    if (sequence === 1) {
      await database.system.query(
        'insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, \'{"after":{"full_name":"Ada"}}\', \'\\x00\')',
        [id, operator.organizationId],
      );
    }
  }
  const sequences = (answer: Answer<AuditLogOut[]>) => answer.body.data.map((row) => row.sequence);

  it('lists the trail, newest first, with filters and details', async () => {
    await audit(1, {});
    await audit(2, { action: 'face.deleted' });
    await audit(3, { actor: 'user:b', subject: 'users/y' });
    expect(sequences(await get<AuditLogOut>('/v1/ops/get-logs'))).toEqual([3, 2, 1]);
    const first = await get<AuditLogOut>('/v1/ops/get-logs?limit=2');
    expect(sequences(await get<AuditLogOut>(`/v1/ops/get-logs?limit=2&cursor=${cursorOf(first)}`))).toEqual([1]);
    expect(sequences(await get<AuditLogOut>('/v1/ops/get-logs?action=face.deleted'))).toEqual([2]);
    expect(sequences(await get<AuditLogOut>('/v1/ops/get-logs?actor=user:b&subject=users/y'))).toEqual([3]);
    const [someone, something] = [uuidV7(), uuidV7()];
    await audit(4, { actor: `device:${someone}`, subject: `faces/${something}` });
    expect(sequences(await get<AuditLogOut>(`/v1/ops/get-logs?actor=${someone}`))).toEqual([4]);
    expect(sequences(await get<AuditLogOut>(`/v1/ops/get-logs?subject=${something}`))).toEqual([4]);
    expect(sequences(await get<AuditLogOut>(`/v1/ops/get-logs?subject=${someone}`))).toEqual([]);
    expect(
      sequences(await get<AuditLogOut>('/v1/ops/get-logs?from=2025-03-02T00:00:00Z&to=2025-03-03T00:00:00Z')),
    ).toEqual([2]);
    expect((await get<AuditLogOut>('/v1/ops/get-logs')).body.data.at(-1)).toMatchObject({
      detail: { after: { full_name: 'Ada' } },
      hash: '0a',
    });
    expect(sequences(await get<AuditLogOut>('/v1/ops/get-logs', stranger))).toEqual([]);
    expect(await get<AuditLogOut>('/v1/ops/get-logs?from=yesterday')).toMatchObject({ status: 422 });
  });
});
