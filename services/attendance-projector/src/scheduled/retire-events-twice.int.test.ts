import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendEvents,
  findOldestClosedPartition,
  makeEventPartitions,
  newEvent,
  readArchivedEvents,
  readEvents,
  readKeptFrom,
  writeEventArchive,
  type Cursor,
} from '@rollcall/event-log';
import { withTransaction, type Pool, type PoolClient } from '@rollcall/postgres';
import { buildOrganization, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTION } from '../projections/projection-name.js';
import { retireEvents } from './retire-events.js';

// A cluster of its own: what is closed depends on every transaction of a cluster.
let cluster: TestCluster;
let db: TestDatabase;
let archiveFolder: string;
let organizationId: string;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());
beforeEach(async () => {
  db = await cluster.createDatabase();
  archiveFolder = await mkdtemp(join(tmpdir(), 'rollcall-archive-'));
  organizationId = (await buildOrganization(db.owner)).id;
  // The partitions of the set-up are wide: small ones instead.
  await db.owner.query(`do $$ declare part text; begin
    for part in select name from event_partitions loop
      execute format('alter table events detach partition event_log.%I', part);
      execute format('drop table event_log.%I', part);
    end loop;
    delete from event_partitions;
  end $$`);
  for (let step = 0; step < 5; step += 1) {
    await makeEventPartitions(db.system, { span: 8 });
    for (let count = 0; count < 3; count += 1) await append();
  }
  await db.owner.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     select $1, organization_id, 1, max(xid::text::numeric)::text::xid8, max(position) from events group by organization_id`,
    [PROJECTION],
  );
});
afterEach(async () => {
  await rm(archiveFolder, { recursive: true });
  await db.close();
});

async function append(): Promise<void> {
  const userId = uuidV7();
  const event = newEvent<'user.deleted'>({
    ...{ organizationId, subject: `users/${userId}`, actor: 'system:test', correlationId: uuidV7() },
    ...{ type: 'user.deleted', payload: { user_id: userId }, occurredAt: new Date('2025-03-03T09:00:00.123Z') },
  });
  await withTransaction(db.system, (client) => appendEvents(client, [event]));
}

const retire = (pool: Pool = db.system) =>
  retireEvents({
    ...{ pool, archiveFolder, retentionDays: 5, now: new Date(Date.now() + 10 * 86_400_000) },
    ...{ logger: { warn: () => undefined }, signal: new AbortController().signal, wait: () => Promise.resolve() },
  });

/** Ids of all events there are, from the archive and the database. */
async function allIds(): Promise<string[]> {
  const upTo = await readKeptFrom(db.system, organizationId);
  const ids: string[] = [];
  for await (const { id } of readArchivedEvents({ folder: archiveFolder, organizationId, after: null, upTo }))
    ids.push(id);
  let after: Cursor | null = upTo;
  for (let more = true; more;) {
    const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db.system, {
      organizationId,
      after,
      limit: 500,
    });
    ids.push(...page.events.map(({ id }) => id));
    ({ next: after, more } = page);
  }
  return ids;
}

/** A pool whose run stands still, as a frozen process does, with the answer to the first matching query in hand. */
function freezeAt(pattern: RegExp) {
  let frozen = (): void => undefined;
  let thaw = (): void => undefined;
  const isFrozen = new Promise<void>((resolve) => (frozen = resolve));
  const thawed = new Promise<void>((resolve) => (thaw = resolve));
  let pid = 0;
  let first = true;
  const freezing = <Target extends Pool | PoolClient>(target: Target): Target =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function') return value;
        if (name === 'connect') {
          return async () => {
            const client = await (of as Pool).connect();
            pid = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
            return freezing(client);
          };
        }
        if (name !== 'query') return (value as () => unknown).bind(of);
        return async (query: string | { text: string }, values?: unknown[]) => {
          const text = typeof query === 'string' ? query : query.text;
          const answer = await (of as Pool).query(query as string, values);
          if (!first || !pattern.test(text)) return answer;
          first = false;
          frozen();
          await thawed;
          return answer;
        };
      },
    });
  return {
    pool: freezing(db.system),
    isFrozen,
    thaw,
    /** The server gives the session up, as when the network was cut for long enough. */
    endSession: () => db.system.query('select pg_terminate_backend($1, 10000)', [pid]),
  };
}

describe('two runs of retireEvents', () => {
  const moments = [
    ['after it found the partition', /from event_partitions where dropped_at is null order by/],
    ['in the midst of writing', /from events e\s+where e.epoch between .*\s+and \(e.epoch, e.xid\) >=/],
  ] as const;

  it.each(moments)('leave the log to the one that froze %s, and is at it still', async (_when, pattern) => {
    const before = await allIds();
    const frozen = freezeAt(pattern);
    const running = retire(frozen.pool);
    await frozen.isFrozen;
    expect(await retire()).toEqual({ archived: [], dropped: [], kept: 'held' });
    frozen.thaw();
    expect((await running).dropped.length).toBeGreaterThan(1);
    expect(await allIds()).toEqual(before);
  });

  it.each(moments)('lose nothing when one froze %s and lost its session', async (_when, pattern) => {
    const before = await allIds();
    const frozen = freezeAt(pattern);
    const running = retire(frozen.pool);
    // Looked at below; until then nobody waits for it.
    running.catch(() => undefined);
    await frozen.isFrozen;
    await frozen.endSession();
    expect((await retire()).dropped.length).toBeGreaterThan(1);
    frozen.thaw();
    await expect(running).rejects.toThrow();
    expect(await allIds()).toEqual(before);
    // Nor is anything left behind.
    expect((await readdir(archiveFolder)).filter((file) => file.endsWith('.unfinished'))).toEqual([]);
  });
});

describe('writeEventArchive', () => {
  it('touches no archive of a partition that was archived or dropped since it was found', async () => {
    const before = await allIds();
    const found = await findOldestClosedPartition(db.system);
    if (found === undefined) throw new Error('no partition is closed');
    const write = () => writeEventArchive(db.system, { folder: archiveFolder, partition: found, now: new Date() });
    // Archived by another, and not dropped yet: its projection has not read it.
    await db.owner.query('update projection_checkpoints set epoch = 32767');
    expect(await retire()).toMatchObject({ archived: [found.name], kept: 'unread' });
    await expect(write()).rejects.toThrow('was archived by another run');
    await db.owner.query('update projection_checkpoints set epoch = 1');
    expect((await retire()).dropped).toContain(found.name);
    await expect(write()).rejects.toThrow('was dropped');
    const noted = db.system.query('select note_event_archive($1, 0, null, $2)', [found.name, Buffer.alloc(32)]);
    await expect(noted).rejects.toMatchObject({ code: '55000' });
    expect(await allIds()).toEqual(before);
  });
});
