import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventOut } from '@rollcall/contracts';
import {
  appendEvents,
  dropPartition,
  encodeCursor,
  findOldestClosedPartition,
  makeEventPartitions,
  newEvent,
  noteArchive,
  ringEvents,
  writeEventArchive,
} from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import {
  buildOrganization,
  startCluster,
  type BuiltUser,
  type TestCluster,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStream, type TestStream } from '../../../testing/open-stream.test.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

// A cluster of its own: what can be dropped depends on every transaction of a cluster.
let cluster: TestCluster;
let database: TestDatabase;
let gateway: TestGateway;
let folder: string;
let operator: BuiltUser;

beforeAll(async () => {
  cluster = await startCluster();
  database = await cluster.createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'rollcall-expired-'));
  await database.owner.query(`do $$ declare part text; begin
    for part in select name from event_partitions loop
      execute format('alter table events detach partition event_log.%I', part);
      execute format('drop table event_log.%I', part);
    end loop;
    delete from event_partitions;
  end $$`);
  gateway = await startTestGateway(database);
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
});
afterAll(async () => {
  await gateway.close();
  await database.close();
  await cluster.close();
  await rm(folder, { recursive: true });
});

const get = (query: string, as = operator) => gateway.call<EventOut[]>('GET', `/v1/events${query}`, { as });

async function append(word: string, { organizationId, id } = operator): Promise<void> {
  await withTransaction(database.system, async (client) => {
    const about = { organizationId, subject: `users/${id}`, actor: 'system:test', correlationId: uuidV7() };
    const payload = { user_id: id, changed: [word] };
    await appendEvents(client, [
      newEvent<'user.updated'>({ ...about, type: 'user.updated', payload, occurredAt: new Date() }),
    ]);
    await ringEvents(client);
  });
}

/** From the beginning of what is kept to the end; a page may end where a partition does. */
async function readAll(): Promise<{ events: EventOut[]; cursor: string }> {
  const events: EventOut[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await get(cursor === '' ? '' : `?after=${cursor}`);
    const next = body.meta.next_cursor ?? '';
    if (body.data.length === 0 && next === cursor) return { events, cursor };
    events.push(...body.data);
    cursor = next;
  }
}

const wordOf = (event: EventOut | undefined) => (event?.data['changed'] as string[] | undefined)?.[0];
const nextWord = async (from: TestStream) => wordOf((await from.nextEvent())?.event);

/** Takes the oldest partition out of the database; false when it is still written to. */
async function retireOldest(): Promise<boolean> {
  const partition = await findOldestClosedPartition(database.system);
  if (partition === undefined) return false;
  await noteArchive(database.system, await writeEventArchive(database.system, { folder, partition, now: new Date() }));
  const outcome = await dropPartition(database.system, partition.name, { types: [], projections: [] });
  expect(outcome).toBe('dropped');
  return true;
}

it('a feed and a stream go on over a drop; who has read less is told so, before a stream begins too', async () => {
  const other = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  const begin = await get('');
  expect(begin.body.data).toEqual([]);
  const words: string[] = [];
  for (let step = 0; step < 6; step += 1) {
    await makeEventPartitions(database.system, { span: 8 });
    for (const word of [`${String(step)}a`, `${String(step)}b`]) {
      words.push(word);
      await append(word);
    }
  }
  const token = gateway.tokenOf(operator);
  const url = `${gateway.url}/v1/events/stream`;
  const stream = await openStream(url, { token });
  for (const word of words) expect(await nextWord(stream)).toBe(word);
  const all = await readAll();
  expect(all.events.map(wordOf)).toEqual(words);
  const [first] = all.events;

  let dropped = 0;
  while (await retireOldest()) dropped += 1;
  expect(dropped).toBeGreaterThan(1);

  // Who was up to date notices nothing.
  await append('after');
  expect(await nextWord(stream)).toBe('after');
  expect((await get(`?wait=5&after=${all.cursor}`)).body.data.map(wordOf)).toEqual(['after']);
  stream.close();
  // Who was not is told so, by feed and stream alike.
  const expired = { status: 410, body: { code: 'CURSOR_EXPIRED' } };
  const beginning = encodeCursor({ epoch: 0, xid: '0', position: '0' });
  for (const cursor of [beginning, begin.body.meta.next_cursor ?? '', first?.cursor ?? '']) {
    expect(await get(`?after=${cursor}`), cursor).toMatchObject(expired);
    expect(await get(`?after=${cursor}&wait=5`)).toMatchObject(expired);
    expect(await get(`/stream?after=${cursor}`)).toMatchObject(expired);
    const headers = { 'last-event-id': cursor };
    expect(await gateway.call('GET', '/v1/events/stream', { as: operator, headers })).toMatchObject(expired);
  }
  // Without a cursor one begins with what is kept.
  const kept = (await readAll()).events.map(wordOf);
  expect(kept).toEqual([...words, 'after'].slice(-kept.length));
  expect(kept.length).toBeGreaterThan(0);
  const fresh = await openStream(url, { token });
  expect(await nextWord(fresh)).toBe(kept[0]);
  fresh.close();
  // Of the other organization nothing was dropped.
  expect(await get(`?after=${beginning}`, other)).toMatchObject({ status: 200, body: { data: [] } });
});
