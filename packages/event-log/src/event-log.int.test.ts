import type { EventType, NewEvent } from '@rollcall/contracts';
import { withOrganization, withTransaction } from '@rollcall/postgres';
import {
  buildOrganization,
  createTestDatabase,
  queryValue,
  waitUntil,
  waitUntilBlocked,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendDerivedEvents, appendEvents, ringEvents } from './append-events.js';
import { advanceCheckpoint, loadCheckpoint } from './checkpoints.js';
import type { Cursor } from './cursor.js';
import { acquireLease, releaseLease } from './leases.js';
import { derivedEventId, newEvent } from './new-event.js';
import { readEvents } from './read-events.js';

const INSTALLATION = '00000000-0000-0000-0000-000000000000';
let db: TestDatabase;
let organizationId: string;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
});

function deletion(given: Partial<NewEvent> = {}): NewEvent {
  const userId = uuidV7();
  const event = newEvent<'user.deleted'>({
    ...{
      type: 'user.deleted',
      organizationId,
      subject: `users/${userId}`,
      actor: 'system:test',
      correlationId: uuidV7(),
    },
    ...{ payload: { user_id: userId }, occurredAt: new Date('2025-03-03T09:00:00.123Z') },
  });
  return { ...event, ...given } as NewEvent;
}

/** All that can be read; other test files keep the horizon back for a moment. */
async function readWhenVisible(count: number, types?: readonly EventType[]) {
  return waitUntil('the events can be read', async () => {
    const page = await readEvents(db.system, { organizationId, after: null, limit: 100, ...(types && { types }) });
    return page.events.length >= count && page;
  });
}

describe('appendEvents and readEvents', () => {
  it('give back what was appended, in its order, with keys that grow', async () => {
    const events = [deletion(), deletion({ causationId: uuidV7() }), deletion()];
    const appended = await withTransaction(db.system, (client) => appendEvents(client, events));
    const page = await readWhenVisible(3);
    expect(page.events).toMatchObject(events);
    expect(page.events.map(({ id, epoch, xid, position }) => ({ id, epoch, xid, position }))).toEqual(appended);
    expect(page.events[0]?.recordedAt).toBeInstanceOf(Date);
    expect(page.next).toEqual({ epoch: appended[2]?.epoch, xid: appended[2]?.xid, position: appended[2]?.position });
    expect(page.more).toBe(false);
    expect(await readEvents(db.system, { organizationId, after: page.next, limit: 10 })).toEqual({
      ...{ events: [], next: page.next, more: false },
    });
  });

  it('read page by page without repeating or leaving out', async () => {
    const events = Array.from({ length: 25 }, () => deletion());
    for (const event of events) await withTransaction(db.system, (client) => appendEvents(client, [event]));
    await readWhenVisible(25);
    const ids: string[] = [];
    let after: Cursor | null = null;
    for (let more = true; more;) {
      const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db.system, {
        organizationId,
        after,
        limit: 4,
      });
      expect(page.events.length).toBeLessThanOrEqual(4);
      ids.push(...page.events.map(({ id }) => id));
      ({ next: after, more } = page);
    }
    expect(ids).toEqual(events.map(({ id }) => id));
  });

  it('moves over events of other types, also when all are', async () => {
    const events = Array.from({ length: 5 }, () => deletion());
    await withTransaction(db.system, (client) => appendEvents(client, events));
    const all = await readWhenVisible(5);
    const none = await readEvents(db.system, { organizationId, after: null, limit: 2, types: ['face.deleted'] });
    expect(none).toEqual({ events: [], next: all.next, more: false });
    const some = await readEvents(db.system, { organizationId, after: null, limit: 2, types: ['user.deleted'] });
    expect(some.events.map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ id }) => id));
    expect(some).toMatchObject({ more: true, next: { position: all.events[1]?.position } });
  });

  it('comes back from a long stretch of other types in portions', async () => {
    await withTransaction(db.system, (client) =>
      appendEvents(
        client,
        Array.from({ length: 2_500 }, () => deletion()),
      ),
    );
    const wanted = newEvent<'organization.created'>({
      ...{
        type: 'organization.created',
        organizationId,
        subject: `organizations/${organizationId}`,
        actor: 'system:test',
      },
      ...{ correlationId: uuidV7(), payload: { organization_id: organizationId }, occurredAt: new Date() },
    });
    await withTransaction(db.system, (client) => appendEvents(client, [wanted]));
    await waitUntil('everything can be read', async () => {
      let [after, calls, found]: [Cursor | null, number, string[]] = [null, 0, []];
      for (let more = true; more; calls += 1) {
        const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db.system, {
          ...{ organizationId, after, limit: 5, types: ['organization.created'] },
        });
        found = [...found, ...page.events.map(({ id }) => id)];
        ({ next: after, more } = page);
      }
      return found[0] === wanted.id && calls > 1;
    });
  });

  it('keep a type nobody knows of out by the check of its form', async () => {
    const odd = { ...deletion(), type: 'Not An Event' } as unknown as NewEvent;
    await expect(withTransaction(db.system, (client) => appendEvents(client, [odd]))).rejects.toThrow(
      'events_type_check',
    );
  });
});

describe('the gateway', () => {
  it('appends and reads in the organization of its transaction only', async () => {
    const event = deletion();
    await withOrganization(db.gateway, organizationId, (client) => appendEvents(client, [event]));
    await readWhenVisible(1);
    const other = await buildOrganization(db.owner);
    const seen = await withOrganization(db.gateway, other.id, (client) =>
      readEvents(client, { organizationId, after: null, limit: 10 }),
    );
    expect(seen.events).toEqual([]);
    const own = await withOrganization(db.gateway, organizationId, (client) =>
      readEvents(client, { organizationId, after: null, limit: 10 }),
    );
    expect(own.events.map(({ id }) => id)).toEqual([event.id]);
    const refused = 'an event of another organization';
    await expect(withOrganization(db.gateway, other.id, (client) => appendEvents(client, [event]))).rejects.toThrow(
      refused,
    );
    await expect(withTransaction(db.gateway, (client) => appendEvents(client, [event]))).rejects.toThrow(refused);
  });

  it('appends a refused sign-in of nobody known for the installation, and nothing else', async () => {
    const refusal = newEvent<'session.refused'>({
      ...{ type: 'session.refused', organizationId: INSTALLATION, subject: 'sessions', actor: 'system:gateway' },
      ...{ correlationId: uuidV7(), payload: { user_id: null, reason: 'unknown_user' }, occurredAt: new Date() },
    });
    expect(await withTransaction(db.gateway, (client) => appendEvents(client, [refusal]))).toHaveLength(1);
    const other = deletion({ organizationId: INSTALLATION });
    await expect(withTransaction(db.gateway, (client) => appendEvents(client, [other]))).rejects.toThrow(
      'another organization',
    );
  });
});

describe('appendDerivedEvents', () => {
  it('writes an event once, however often it is derived, also by two at a time', async () => {
    const cause = uuidV7();
    const derived = (): NewEvent => deletion({ id: derivedEventId(cause, 'test') });
    const other = deletion({ id: derivedEventId(cause, 'other') });
    const first = derived();
    const client = await db.system.connect();
    try {
      await client.query('begin');
      expect(await appendDerivedEvents(client, [first, derived()])).toMatchObject([{ id: first.id }]);
      const second = withTransaction(db.system, (waiting) => appendDerivedEvents(waiting, [derived(), other]));
      await waitUntilBlocked(db);
      await client.query('commit');
      expect((await second).map(({ id }) => id)).toEqual([other.id]);
    } finally {
      client.release(true);
    }
    const sql = 'select count(*)::int from events where id = any($1)';
    expect(await queryValue(db.owner, sql, [[first.id, other.id]])).toBe(2);
  });
});

describe('ringEvents', () => {
  it('rings once a commit, however often it was asked to', async () => {
    const client = await db.system.connect();
    let rings = 0;
    client.on('notification', ({ channel }) => (rings += channel === 'rollcall_events' ? 1 : 0));
    try {
      await client.query('listen rollcall_events');
      await withTransaction(db.system, async (writer) => {
        await ringEvents(writer);
        await ringEvents(writer);
      });
      await waitUntil('the ring', async () => {
        await client.query('select 1');
        return rings > 0;
      });
      expect(rings).toBe(1);
    } finally {
      client.release(true);
    }
  });
});

describe('checkpoints', () => {
  const projection = 'test';
  const [one, two]: [Cursor, Cursor] = [
    { epoch: 1, xid: '18446744073709551615', position: '1' },
    { epoch: 1, xid: '18446744073709551615', position: '2' },
  ];

  it('move from where they stand, from nothing too', async () => {
    const key = { projection, organizationId };
    expect(await loadCheckpoint(db.system, key)).toBeNull();
    expect(
      await withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from: null, to: one })),
    ).toBe('advanced');
    expect(await loadCheckpoint(db.system, key)).toEqual(one);
    expect(
      await withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from: one, to: two })),
    ).toBe('advanced');
    expect(await loadCheckpoint(db.system, key)).toEqual(two);
  });

  it('do not move from elsewhere', async () => {
    const key = { projection, organizationId };
    await withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from: null, to: two }));
    for (const from of [null, one]) {
      expect(await withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from, to: one }))).toBe(
        'conflict',
      );
    }
    expect(await loadCheckpoint(db.system, key)).toEqual(two);
  });

  it('let one of two projectors through', async () => {
    const key = { projection, organizationId };
    await withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from: null, to: one }));
    const outcomes = await Promise.all(
      [1, 2, 3].map(() =>
        withTransaction(db.system, (client) => advanceCheckpoint(client, { ...key, from: one, to: two })),
      ),
    );
    expect(outcomes.toSorted()).toEqual(['advanced', 'conflict', 'conflict']);
  });
});

describe('leases', () => {
  it('are held by one until they run out or are given back', async () => {
    const [mine, theirs] = [uuidV7(), uuidV7()].map((holder) => ({ projection: 'test', organizationId, holder }));
    if (mine === undefined || theirs === undefined) throw new Error('two holders');
    const leaseMs = 60_000;
    expect(await acquireLease(db.system, { ...mine, leaseMs })).toBe(true);
    expect(await acquireLease(db.system, { ...theirs, leaseMs })).toBe(false);
    expect(await acquireLease(db.system, { ...mine, leaseMs })).toBe(true);
    await releaseLease(db.system, theirs);
    expect(await acquireLease(db.system, { ...theirs, leaseMs })).toBe(false);
    await releaseLease(db.system, mine);
    expect(await acquireLease(db.system, { ...theirs, leaseMs: 0 })).toBe(true);
    expect(await acquireLease(db.system, { ...mine, leaseMs })).toBe(true);
  });
});
