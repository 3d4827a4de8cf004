import type { NewEvent } from '@rollcall/contracts';
import { withTransaction } from '@rollcall/postgres';
import {
  buildOrganization,
  queryValue,
  startCluster,
  waitUntil,
  waitUntilBlocked,
  type TestCluster,
  type TestDatabase,
} from '@rollcall/testkit';
import type { PoolClient } from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendEvents } from './append-events.js';
import { compareCursors, type Cursor } from './cursor.js';
import { newEvent } from './new-event.js';
import { readEvents } from './read-events.js';

// A cluster of its own: the horizon is moved by every transaction of a cluster, also by those of other test files.
let cluster: TestCluster;
let db: TestDatabase;
let organizationId: string;
const open: PoolClient[] = [];

beforeAll(async () => {
  cluster = await startCluster({ synchronous_commit: 'on' });
});
afterAll(() => cluster.close());
beforeEach(async () => {
  db = await cluster.createDatabase();
  organizationId = (await buildOrganization(db.owner)).id;
});
afterEach(async () => {
  for (const client of open.splice(0)) client.release(true);
  await db.close();
});

function deletion(): NewEvent {
  const userId = uuidV7();
  return newEvent<'user.deleted'>({
    ...{
      type: 'user.deleted',
      organizationId,
      subject: `users/${userId}`,
      actor: 'system:test',
      correlationId: uuidV7(),
    },
    ...{ payload: { user_id: userId }, occurredAt: new Date() },
  });
}

async function begin(): Promise<PoolClient> {
  const client = await db.system.connect();
  open.push(client);
  await client.query('begin');
  return client;
}

async function append(client: PoolClient, count = 1): Promise<string[]> {
  return (await appendEvents(client, Array.from({ length: count }, deletion))).map(({ id }) => id);
}

async function readAll(after: Cursor | null): Promise<{ ids: string[]; next: Cursor | null }> {
  const ids: string[] = [];
  let next = after;
  for (;;) {
    const page = await readEvents(db.system, { organizationId, after: next, limit: 7 });
    ids.push(...page.events.map(({ id }) => id));
    next = page.next;
    if (!page.more) return { ids, next };
  }
}

describe('reading while transactions overlap', () => {
  it('shows a transaction only when no older one can still commit before it', async () => {
    const older = await begin();
    const first = await append(older);
    const younger = await begin();
    const second = await append(younger);
    await younger.query('commit');
    const before = await readAll(null);
    expect(before.ids).toEqual([]);
    await older.query('commit');
    expect((await readAll(before.next)).ids).toEqual([...first, ...second]);
  });

  it('misses nothing when a late position commits first and the early one much later', async () => {
    const older = await begin();
    // It has its transaction id, but draws its position only after the other has committed.
    await older.query('select pg_current_xact_id()');
    const younger = await begin();
    const second = await append(younger);
    await younger.query('commit');
    const start = await readAll(null);
    expect(start.ids).toEqual([]);
    const first = await append(older);
    await older.query('commit');
    expect((await readAll(start.next)).ids).toEqual([...first, ...second]);
  });

  it('goes on over a transaction that was rolled back', async () => {
    const older = await begin();
    await append(older);
    const younger = await begin();
    const second = await append(younger);
    await younger.query('commit');
    await older.query('rollback');
    expect((await readAll(null)).ids).toEqual(second);
  });

  it('waits for a transaction that only holds a snapshot in another database of the cluster', async () => {
    const elsewhere = await cluster.createDatabase();
    const client = await elsewhere.owner.connect();
    try {
      await client.query('begin isolation level repeatable read');
      await client.query('select pg_current_xact_id()');
      const writer = await begin();
      const ids = await append(writer);
      await writer.query('commit');
      expect((await readAll(null)).ids).toEqual([]);
      await client.query('commit');
      expect((await readAll(null)).ids).toEqual(ids);
    } finally {
      client.release(true);
    }
    await elsewhere.close();
  });

  it('gives concurrent readers one and the same order, without a gap, under many writers', async () => {
    const written: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 6 }, async () => {
      for (let round = 0; round < 15; round += 1) {
        const client = await db.system.connect();
        await client.query('begin');
        const ids = await append(client, 1 + (round % 3));
        // Some hold their transaction open over others' commits.
        if (round % 2 === 0) await db.owner.query('select 1');
        if (round % 5 === 4) await client.query('rollback');
        else {
          await client.query('commit');
          written.push(...ids);
        }
        client.release();
      }
    });
    const reader = async (): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: Cursor | null = null;
      for (let last = false; !last;) {
        last = !writing;
        const page = await readAll(cursor);
        if (cursor !== null && page.next !== null) expect(compareCursors(page.next, cursor)).toBeGreaterThanOrEqual(0);
        ids.push(...page.ids);
        cursor = page.next;
      }
      return ids;
    };
    const readers = [reader(), reader()];
    await Promise.all(writers);
    writing = false;
    const [one = [], two] = await Promise.all(readers);
    expect(two).toEqual(one);
    expect(one.toSorted()).toEqual(written.toSorted());
    expect((await readAll(null)).ids).toEqual(one);
  });
});

describe('epochs', () => {
  const ensureEpoch = (): Promise<{ epoch: number; started: boolean } | undefined> =>
    queryValue(db.owner, 'select to_jsonb(e) from ensure_epoch() as e');

  it('stay the same from start to start', async () => {
    const first = await ensureEpoch();
    expect(first).toEqual({ epoch: 1, started: false });
    expect(await ensureEpoch()).toEqual(first);
  });

  it('begin anew when the log comes from another cluster: its events are read, before the new ones', async () => {
    const client = await begin();
    const before = await append(client, 3);
    await client.query('commit');
    const { next } = await readAll(null);
    // As after a restore: written by transactions that this cluster has not come to yet, in a cluster of another name.
    await db.owner.query(`update log_identity set system_identifier = system_identifier + 1`);
    await db.owner.query(`update events set xid = (xid::text::bigint + 1000000)::text::xid8`);
    expect((await readAll(null)).ids).toEqual([]);
    expect(await ensureEpoch()).toEqual({ epoch: 2, started: true });
    const writer = await begin();
    const after = await append(writer, 2);
    await writer.query('commit');
    expect((await readAll(null)).ids).toEqual([...before, ...after]);
    expect((await readAll(next)).ids).toEqual([...before, ...after]);
  });

  it('begin anew when the timeline changed, and when events are younger than any transaction here', async () => {
    await db.owner.query('update log_identity set timeline = timeline + 1');
    expect(await ensureEpoch()).toEqual({ epoch: 2, started: true });
    const client = await begin();
    await append(client);
    await client.query('commit');
    await db.owner.query(
      `update events set xid = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 10)::text::xid8`,
    );
    expect(await ensureEpoch()).toEqual({ epoch: 3, started: true });
    expect(await ensureEpoch()).toEqual({ epoch: 3, started: false });
  });

  it('are begun once by processes that start together', async () => {
    await db.owner.query(`update log_identity set system_identifier = system_identifier + 1`);
    const answers = await Promise.all(Array.from({ length: 5 }, ensureEpoch));
    expect(answers.filter((answer) => answer?.started)).toHaveLength(1);
    expect(await queryValue(db.owner, 'select count(*)::int from log_identity')).toBe(2);
  });

  it('begin only when nobody writes into the one before any more, so that no reader goes past what is still to come', async () => {
    await db.owner.query(`update log_identity set system_identifier = system_identifier + 1`);
    const writer = await begin();
    const before = await append(writer);
    const beginning = ensureEpoch();
    await waitUntilBlocked(db);
    // The next one to write waits for the new epoch instead of writing into the old one.
    const next = await begin();
    const appending = append(next);
    expect(await queryValue(db.owner, 'select count(*)::int from log_identity')).toBe(1);
    await writer.query('commit');
    expect(await beginning).toEqual({ epoch: 2, started: true });
    const after = await appending;
    await next.query('commit');
    expect((await readAll(null)).ids).toEqual([...before, ...after]);
    expect(await queryValue(db.owner, 'select array_agg(epoch order by epoch, position) from events')).toEqual([1, 2]);
  });

  it('are the new one for a transaction that was open before, but had not written yet', async () => {
    await db.owner.query(`update log_identity set system_identifier = system_identifier + 1`);
    const open = await begin();
    await open.query('select pg_current_xact_id()');
    expect(await ensureEpoch()).toMatchObject({ epoch: 2, started: true });
    const ids = await append(open);
    await open.query('commit');
    expect((await readAll({ epoch: 2, xid: '0', position: '0' })).ids).toEqual(ids);
  });

  it('survive a crash of the server', async () => {
    const ids = await withTransaction(db.system, (client) => append(client, 2));
    await cluster.cluster.restart();
    await waitUntil('the pool has a connection again', () => queryValue(db.owner, 'select true'));
    expect(await ensureEpoch()).toMatchObject({ started: false });
    expect((await readAll(null)).ids).toEqual(ids);
  });
});
