import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { appendEvents, newEvent, ringEvents } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, createTestDatabase, waitUntil, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStream, type TestStream } from '../../../testing/open-stream.test.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
const open: { close(): unknown }[] = [];
const clock = { shift: 0, now: () => new Date(Date.now() + clock.shift) };

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, {
    options: {
      clock,
      streamTimes: { heartbeatMs: 50, stallMs: 2_000 },
      feedLimits: { streams: { most: 40, mostPerCaller: 30 }, polls: { most: 40, mostPerCaller: 12 } },
    },
  });
});
beforeEach(async () => {
  clock.shift = 0;
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
});
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await waitUntil('every stream has ended', async () => (await figure('rollcall_feed_waiting{kind="stream"')) === 0);
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

async function append(words: readonly string[], organizationId = operator.organizationId): Promise<void> {
  await withTransaction(database.system, async (client) => {
    const events = words.map((word) =>
      newEvent<'user.updated'>({
        type: 'user.updated',
        organizationId,
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

async function stream(query = '', headers: Record<string, string> = {}, as = operator): Promise<TestStream> {
  const opened = await openStream(`${gateway.url}/v1/events/stream${query}`, { token: gateway.tokenOf(as), headers });
  open.push(opened);
  return opened;
}

async function words(from: TestStream, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const block = await from.nextEvent();
    if (block === undefined) throw new Error(`the stream ended after ${found.join()}`);
    found.push((block.event.data['changed'] as string[])[0] ?? '');
  }
  return found;
}

/** A figure of /metrics by the beginning of its line. */
async function figure(name: string, of = gateway): Promise<number> {
  const { text } = await of.call('GET', '/metrics');
  const line = text.split('\n').find((candidate) => candidate.startsWith(name));
  return Number(line?.split(' ').at(-1) ?? 0);
}

describe('GET /v1/events/stream', () => {
  it('tells what was and what comes, each once, as the feed does', async () => {
    await append(['a', 'b']);
    const all = await stream();
    expect(await words(all, 2)).toEqual(['a', 'b']);
    await append(['c']);
    const block = await all.nextEvent();
    expect(block?.event).toMatchObject({ specversion: '1.0', type: 'user.updated', data: { changed: ['c'] } });
    expect(block?.id).toBe(block?.event.cursor);
    const listed = await gateway.call<unknown[]>('GET', '/v1/events', { as: operator });
    expect(listed.body.data.at(-1)).toEqual(block?.event);
  });

  it('goes on after Last-Event-ID, which comes before `after`, or after `after`', async () => {
    await append(['a', 'b', 'c']);
    const first = await stream();
    const [a, b] = [await first.nextEvent(), await first.nextEvent()];
    expect(await words(await stream('', { 'last-event-id': a?.id ?? '' }), 2)).toEqual(['b', 'c']);
    expect(await words(await stream(`?after=${b?.id ?? ''}`), 1)).toEqual(['c']);
    expect(await words(await stream(`?after=${b?.id ?? ''}`, { 'last-event-id': a?.id ?? '' }), 1)).toEqual(['b']);
    expect(await words(await stream('', { 'last-event-id': '' }), 1)).toEqual(['a']);
  });

  it('begins with what comes when asked to', async () => {
    await append(['a']);
    await words(await stream(), 1);
    const fresh = await stream('?start=now');
    await append(['b']);
    expect(await words(fresh, 1)).toEqual(['b']);
  });

  it('shows that it lives, and moves the place to resume at past what was not wanted', async () => {
    const filtered = await stream('?types=face.deleted');
    await append(['a']);
    await words(await stream(), 1);
    const place = async (): Promise<string> => {
      for (;;) {
        const block = await filtered.next();
        if (block?.comment === 'still here') return block.id ?? '';
      }
    };
    const before = await place();
    await waitUntil('it stands behind the event', async () => {
      const page = await gateway.call<unknown[]>('GET', `/v1/events?after=${await place()}`, { as: operator });
      return page.body.data.length === 0;
    });
    expect(before).not.toBe('');
  });

  it('shows an organization its own events only', async () => {
    const other = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    const theirs = await stream('', {}, other);
    await append(['mine']);
    await words(await stream(), 1);
    await append(['theirs'], other.organizationId);
    expect(await words(theirs, 1)).toEqual(['theirs']);
  });

  it.each([
    ['?types=no.such_type', {}, 'VALIDATION_FAILED'],
    ['?after=rubbish', {}, 'INVALID_CURSOR'],
    ['', { 'last-event-id': 'rubbish' }, 'INVALID_CURSOR'],
    ['?start=yesterday', {}, 'VALIDATION_FAILED'],
  ])('refuses %s %o before it begins', async (query, headers: Record<string, string>, code) => {
    const answer = await gateway.call('GET', `/v1/events/stream${query}`, { as: operator, headers });
    expect(answer).toMatchObject({ status: 422, body: { code } });
  });

  it('is not for people without a role in the organization, and has a head', async () => {
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await gateway.call('GET', '/v1/events/stream', { as: user })).toMatchObject({ status: 403 });
    expect(await gateway.call('HEAD', '/v1/events/stream', { as: operator })).toMatchObject({ status: 200 });
  });

  it('reads once for all who follow', async () => {
    const streams = await Promise.all(Array.from({ length: 30 }, () => stream()));
    await append(['warm']);
    await Promise.all(streams.map((one) => words(one, 1)));
    // Two heartbeats on, each has come to the end of the log and follows what comes.
    for (const one of streams) for (const _ of [1, 2]) expect((await one.next())?.comment).toBe('still here');
    const before = await figure('rollcall_feed_reads_total{feed="events"');
    await append(['a']);
    expect(await Promise.all(streams.map((one) => words(one, 1)))).toEqual(streams.map(() => ['a']));
    // One, and a few more while older transactions of other tests hold the event back.
    expect((await figure('rollcall_feed_reads_total{feed="events"')) - before).toBeLessThan(streams.length / 2);
  });

  it('ends when the token has expired, and when its person was locked out', async () => {
    const expiring = await stream();
    await expiring.next();
    clock.shift = 16 * 60_000;
    expect(await expiring.nextEvent()).toBeUndefined();
    clock.shift = 0;
    const locked = await stream();
    await locked.next();
    await database.owner.query('update users set is_active = false where id = $1', [operator.id]);
    expect(await locked.nextEvent()).toBeUndefined();
  });

  it('lets a caller open so many and all together so many, and again when one has left', async () => {
    const small = await startTestGateway(database, {
      options: { feedLimits: { streams: { most: 3, mostPerCaller: 2 }, polls: { most: 3, mostPerCaller: 1 } } },
    });
    const admin = await buildPrincipal(database, operator.organizationId, 'ADMIN');
    const opened = (as: BuiltUser) => openStream(`${small.url}/v1/events/stream`, { token: small.tokenOf(as) });
    const streams = [await opened(operator), await opened(operator)];
    const refused = await small.call('GET', '/v1/events/stream', { as: operator });
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    streams.push(await opened(admin));
    const full = await small.call('GET', '/v1/events/stream', { as: admin });
    expect(full).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(full.headers.get('retry-after')).toBe('5');
    streams[0]?.close();
    await waitUntil('one has left', async () => (await figure('rollcall_feed_waiting{kind="stream"', small)) === 2);
    streams.push(await opened(admin));

    const waiting = small.call('GET', '/v1/events?wait=30', { as: operator });
    await waitUntil('a poll waits', async () => (await figure('rollcall_feed_waiting{kind="poll"', small)) === 1);
    expect(await small.call('GET', '/v1/notifications?wait=1', { as: operator })).toMatchObject({ status: 429 });
    expect(await small.call('GET', '/v1/events', { as: operator })).toMatchObject({ status: 200 });

    // The end: everybody who waits is answered, every stream ends with its last event complete.
    await small.close();
    expect(await waiting).toMatchObject({ status: 200, body: { data: [] } });
    for (const left of streams.slice(1)) expect(await left.nextEvent()).toBeUndefined();
  });

  it('drops a reader that takes nothing, and tells the others everything', async () => {
    const stalled = await figure('rollcall_feed_streams_stalled_total');
    const lazy = await openLazyReader();
    const eager = await stream();
    // More than the sockets of both sides hold: events are small, so there are many of long words.
    const long = Array.from({ length: 400 }, (_, index) => `${index} `.padEnd(40_000, 'x'));
    // Read from the start: nobody who reads may look like one who does not.
    const appendAll = async () => {
      for (let from = 0; from < long.length; from += 50) await append(long.slice(from, from + 50));
    };
    const [told] = await Promise.all([words(eager, long.length), appendAll()]);
    expect(told).toEqual(long);
    await waitUntil(
      'it was dropped',
      async () => (await figure('rollcall_feed_streams_stalled_total')) === stalled + 1,
    );
    lazy.resume();
    if (!lazy.closed) await once(lazy, 'close');
  });

  it('and those who wait take no connection from calls that work', async () => {
    const blocker = await database.owner.connect();
    await blocker.query('begin; lock table events in access exclusive mode');
    const polls = Array.from({ length: 12 }, () => gateway.call('GET', '/v1/events?wait=1', { as: operator }));
    const answer = await gateway.call('GET', '/v1/auth/me', { as: operator });
    expect(answer).toMatchObject({ status: 200 });
    await blocker.query('rollback');
    blocker.release();
    for (const poll of await Promise.all(polls)) expect(poll.status).toBe(200);
  });
});

/** Asks for the stream and then never reads. */
async function openLazyReader(): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const token = gateway.tokenOf(operator);
  socket.write(`GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  await once(socket, 'readable');
  socket.pause();
  return socket;
}
