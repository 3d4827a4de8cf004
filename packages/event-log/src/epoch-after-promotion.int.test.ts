import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, queryValue, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendEvents } from './append-events.js';
import { deletionOf } from './event-fixture.test.js';
import { readEvents } from './read-events.js';

// A cluster of its own, which comes back as a replica and is made the primary. Its next checkpoint is far away.
let cluster: TestCluster;
let db: TestDatabase;

beforeAll(async () => {
  const settings = { wal_level: 'replica', max_wal_senders: '2', checkpoint_timeout: '1h' };
  cluster = await startCluster({ synchronous_commit: 'on', ...settings });
  db = await cluster.createDatabase();
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});

/** Makes a server that is starting up as a replica the primary. */
async function promote(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('select pg_promote()')).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

it('a fail-over begins a new epoch at once, not after the next checkpoint', async () => {
  const organizationId = (await buildOrganization(db.owner)).id;
  const append = async () => {
    const [event] = await withTransaction(db.system, (client) => appendEvents(client, [deletionOf(organizationId)]));
    return event?.id;
  };
  const ensureEpoch = () => queryValue<number>(db.owner, 'select epoch from ensure_epoch()');
  const before = await append();
  expect(await ensureEpoch()).toBe(1);
  await writeFile(join(cluster.cluster.dataDir, 'standby.signal'), '');
  const restarted = cluster.cluster.restart();
  await expect.poll(() => promote(cluster.cluster.urlOf('postgres'))).toBe(true);
  await restarted;
  expect(await ensureEpoch()).toBe(2);
  const after = await append();
  // A page is of one epoch.
  const read = async () => {
    const first = await readEvents(db.owner, { organizationId, after: null, limit: 10 });
    const second = await readEvents(db.owner, { organizationId, after: first.next, limit: 10 });
    return [...first.events, ...second.events].map(({ id, epoch }) => [epoch, id]);
  };
  await expect.poll(read).toEqual([
    [1, before],
    [2, after],
  ]);
});
