import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendEvents } from './append-events.js';
import { deletionOf } from './event-fixture.test.js';
import { readEvents } from './read-events.js';
import { readHorizon } from './read-horizon.js';

// A cluster of its own, which crashes and leaves what nobody waits for in memory for as long as it may.
let cluster: TestCluster;
let db: TestDatabase;

beforeAll(async () => {
  const lazily = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB' };
  cluster = await startCluster({ synchronous_commit: 'on', ...lazily });
  db = await cluster.createDatabase();
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});

/** Transactions that do not wait for the disk, as claims do not. */
async function useUpIds(count: number): Promise<void> {
  for (let used = 0; used < count; used += 1) {
    await withTransaction(db.owner, async (client) => {
      await client.query('set local synchronous_commit = off');
      await client.query('update log_identity set epoch = epoch');
    });
  }
}

it('an event after a crash of the server is not before the place where a reader began just before it', async () => {
  const organizationId = (await buildOrganization(db.owner)).id;
  // The first wakes the writer of the log from its longer sleep.
  await useUpIds(1);
  await useUpIds(50);
  const begin = await readHorizon(db.gateway);
  await cluster.cluster.restart();
  const [event] = await withTransaction(db.system, (client) => appendEvents(client, [deletionOf(organizationId)]));
  const read = async () => {
    const { events } = await readEvents(db.owner, { organizationId, after: begin, limit: 10 });
    return events.map(({ id }) => id);
  };
  await expect.poll(read).toEqual([event?.id]);
});
