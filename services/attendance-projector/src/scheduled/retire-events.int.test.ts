import { appendFile, mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent, StoredEvent } from '@rollcall/contracts';
import {
  appendEvents,
  makeEventPartitions,
  newEvent,
  readArchivedEvents,
  readEvents,
  readKeptFrom,
  type Cursor,
} from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, queryValue, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import type { PoolClient } from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTION } from '../projections/projection-name.js';
import { retireEvents, type RetireOptions } from './retire-events.js';

// A cluster of its own: what is closed depends on every transaction of a cluster.
let cluster: TestCluster;
let db: TestDatabase;
let archiveFolder: string;
let mine: string;
let theirs: string;
const open: PoolClient[] = [];

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());
beforeEach(async () => {
  db = await cluster.createDatabase();
  archiveFolder = await mkdtemp(join(tmpdir(), 'rollcall-archive-'));
  mine = (await buildOrganization(db.owner)).id;
  theirs = (await buildOrganization(db.owner)).id;
  // The partitions of the set-up are wide: small ones instead.
  await db.owner.query(`do $$ declare part text; begin
    for part in select name from event_partitions loop
      execute format('alter table events detach partition event_log.%I', part);
      execute format('drop table event_log.%I', part);
    end loop;
    delete from event_partitions;
  end $$`);
});
afterEach(async () => {
  for (const client of open.splice(0)) client.release(true);
  await rm(archiveFolder, { recursive: true });
  await db.close();
});

function event(organizationId: string): NewEvent {
  const userId = uuidV7();
  const about = { organizationId, subject: `users/${userId}`, actor: 'system:test', correlationId: uuidV7() };
  return newEvent<'user.deleted'>({
    ...about,
    type: 'user.deleted',
    payload: { user_id: userId },
    occurredAt: new Date('2025-03-03T09:00:00.123Z'),
  });
}

/** Fills some partitions with events of both organizations, and closes all but the last. */
async function fillPartitions(): Promise<void> {
  for (let step = 0; step < 5; step += 1) {
    await makeEventPartitions(db.system, { span: 8 });
    for (const id of [mine, theirs, mine])
      await withTransaction(db.system, (client) => appendEvents(client, [event(id)]));
  }
}

async function readAll(organizationId: string, from: Cursor | null = null): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  let after = from;
  for (let more = true; more;) {
    const page: Awaited<ReturnType<typeof readEvents>> = await readEvents(db.system, {
      organizationId,
      after,
      limit: 3,
    });
    found.push(...page.events);
    ({ next: after, more } = page);
  }
  return found;
}

async function readArchive(organizationId: string): Promise<StoredEvent[]> {
  const upTo = await readKeptFrom(db.system, organizationId);
  const found: StoredEvent[] = [];
  for await (const one of readArchivedEvents({ folder: archiveFolder, organizationId, after: null, upTo }))
    found.push(one);
  return found;
}

/** The projection has read all there is. */
async function projectAll(): Promise<void> {
  await db.owner.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     select $1, organization_id, 1, max(xid::text::numeric)::text::xid8, max(position) from events group by organization_id
     on conflict (projection, organization_id) do update set xid = excluded.xid, position = excluded.position`,
    [PROJECTION],
  );
}

const inAWhile = () => new Date(Date.now() + 10 * 86_400_000);
const retire = (more: Partial<RetireOptions> = {}) =>
  retireEvents({
    ...{ pool: db.system, archiveFolder, retentionDays: 5, now: inAWhile(), logger: { warn: () => undefined } },
    ...{ signal: new AbortController().signal, wait: () => Promise.resolve() },
    ...more,
  });
const tables = () =>
  queryValue<number>(
    db.owner,
    `select count(*)::int from pg_class where relnamespace = 'event_log'::regnamespace and relkind = 'r'`,
  );

describe('retireEvents', () => {
  it('does nothing unless it is asked to, and nothing to events younger than the limit', async () => {
    await fillPartitions();
    await projectAll();
    const before = await tables();
    expect(await retire({ retentionDays: 0 })).toEqual({ archived: [], dropped: [], kept: null });
    expect(await retire({ now: new Date() })).toEqual({ archived: [], dropped: [], kept: null });
    expect(await tables()).toBe(before);
    expect(await readdir(archiveFolder)).toEqual([]);
  });

  it('takes old partitions into the archive, from which the log is read as it was', async () => {
    await fillPartitions();
    await projectAll();
    const all = [await readAll(mine), await readAll(theirs)];
    const { archived, dropped } = await retire();
    expect(dropped.length).toBeGreaterThan(1);
    expect(archived).toEqual(dropped);
    for (const [index, organizationId] of [mine, theirs].entries()) {
      const archive = await readArchive(organizationId);
      expect(archive.length).toBeGreaterThan(1);
      const kept = await readAll(organizationId, await readKeptFrom(db.system, organizationId));
      expect([...archive, ...kept]).toEqual(all[index]);
    }
    expect(await readArchive(uuidV7())).toEqual([]);
  });

  it('answers who has read less than what is kept with an error of its own, and nobody else', async () => {
    await fillPartitions();
    await projectAll();
    const fresh = (await buildOrganization(db.owner)).id;
    await withTransaction(db.system, (client) => appendEvents(client, [event(fresh)]));
    const before = await readEvents(db.system, { organizationId: mine, after: null, limit: 1 });
    await retire();
    for (const after of [null, before.next]) {
      const reading = readEvents(db.system, { organizationId: mine, after, limit: 10 });
      await expect(reading).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', status: 410 });
    }
    // Nothing of this organization was dropped.
    expect((await readEvents(db.system, { organizationId: fresh, after: null, limit: 10 })).events).toHaveLength(1);
  });

  it('keeps what a projection has not read, and what is being replayed', async () => {
    await fillPartitions();
    expect(await retire()).toMatchObject({ dropped: [], kept: 'unread' });
    await projectAll();
    await db.owner.query(
      `insert into projection_checkpoints (projection, organization_id, epoch, xid, position) values ('another', $1, 1, '0', 0)`,
      [theirs],
    );
    expect(await retire()).toMatchObject({ archived: [], dropped: [], kept: 'unread' });
    await db.owner.query(`delete from projection_checkpoints where projection = 'another'`);
    await db.owner.query(`update projection_checkpoints set epoch = 32767 where organization_id = $1`, [mine]);
    expect(await retire()).toMatchObject({ dropped: [], kept: 'unread' });
    await db.owner.query(`update projection_checkpoints set epoch = 1`);
    expect((await retire()).dropped.length).toBeGreaterThan(0);
  });

  it('drops nothing that is not in the archive', async () => {
    await fillPartitions();
    await projectAll();
    const drop = (name: string) =>
      queryValue(db.system, 'select drop_event_partition($1, $2, $3)', [name, ['user.deleted'], [PROJECTION]]);
    const names = (await db.owner.query<{ name: string }>('select name from event_partitions order by to_xid')).rows;
    expect(await drop(names[0]?.name ?? '')).toBe('not_archived');
    await expect(retire({ archiveFolder: join(archiveFolder, 'no\0where') })).rejects.toThrow();
    expect(await drop(names[0]?.name ?? '')).toBe('not_archived');
    // Said to be archived, but with fewer events than there are; and not the oldest.
    await db.owner.query(`update event_partitions set archived_at = now(), event_count = 0`);
    expect(await drop(names[0]?.name ?? '')).toBe('changed');
    expect(await drop(names[1]?.name ?? '')).toBe('not_oldest');
  });

  it('writes an archive again that was damaged before the drop, and tells of one damaged later', async () => {
    await fillPartitions();
    const { archived } = await retire();
    const [name = ''] = archived;
    const file = join(archiveFolder, `${name}.ndjson.gz`);
    await appendFile(file, 'rubbish');
    await projectAll();
    const outcome = await retire();
    expect(outcome.archived[0]).toBe(name);
    expect(outcome.dropped[0]).toBe(name);
    expect((await readArchive(mine)).length).toBeGreaterThan(1);
    await truncate(file, 30);
    await expect(readArchive(mine)).rejects.toThrow('its checksum differs');
    await rm(file);
    await expect(readArchive(mine)).rejects.toThrow('is missing');
    await rm(join(archiveFolder, `${name}.manifest.json`));
    await expect(readArchive(mine)).rejects.toThrow(/begins with|gap/);
  });

  it('waits for nobody for long: a reader under way keeps the partition, and all that is written goes on', async () => {
    await fillPartitions();
    await projectAll();
    const reader = await db.system.connect();
    open.push(reader);
    await reader.query('begin');
    await reader.query('select count(*) from events');
    let waits = 0;
    const writeBetween = async () => {
      waits += 1;
      if (waits === 1) await withTransaction(db.system, (client) => appendEvents(client, [event(mine)]));
      if (waits === 3) await reader.query('commit');
    };
    const outcome = await retire({ wait: writeBetween });
    expect(waits).toBe(3);
    expect(outcome.dropped.length).toBeGreaterThan(0);
  });

  it('does not hold the log while it waits for who makes a partition', async () => {
    await fillPartitions();
    const [name] = (await retire()).archived;
    await projectAll();
    const maker = await db.owner.connect();
    open.push(maker);
    await maker.query('begin');
    await maker.query('lock table event_partitions in share row exclusive mode');
    const drop = db.system.query('select drop_event_partition($1, $2, $3)', [name, ['user.deleted'], [PROJECTION]]);
    // What it gave up at: the first lock it takes.
    await expect(drop).rejects.toMatchObject({
      code: '55P03',
      where: expect.stringContaining('lock table event_partitions') as string,
    });
    await maker.query('rollback');
    expect((await retire()).dropped).toContain(name);
  });

  it('never lets a reader whose snapshot is older than the drop pass over what was dropped', async () => {
    await fillPartitions();
    await projectAll();
    const reader = await db.system.connect();
    open.push(reader);
    await reader.query('begin isolation level repeatable read');
    // Its snapshot is of now; it has not touched the log yet.
    await reader.query('select 1 from log_identity');
    expect((await retire()).dropped.length).toBeGreaterThan(0);
    const reading = readEvents(reader, { organizationId: mine, after: null, limit: 10 });
    await expect(reading).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('keeps derived events written once although they are in the archive alone', async () => {
    const derived = { ...event(mine), id: uuidV7() };
    const append = () =>
      queryValue<number>(db.system, 'select count(*)::int from append_derived_events($1)', [
        JSON.stringify([{ ...toRow(derived) }]),
      ]);
    await makeEventPartitions(db.system, { span: 8 });
    expect(await append()).toBe(1);
    await fillPartitions();
    await projectAll();
    await retire();
    expect((await readArchive(mine)).map(({ id }) => id)).toContain(derived.id);
    expect(await append()).toBe(0);
  });
});

function toRow(given: NewEvent): Record<string, unknown> {
  const { organizationId, correlationId, causationId, occurredAt, ...rest } = given;
  const ids = { organization_id: organizationId, correlation_id: correlationId, causation_id: causationId };
  return { ...rest, ...ids, occurred_at: occurredAt };
}
