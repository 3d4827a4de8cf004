import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendEvents } from '../append-events.js';
import { newEvent } from '../new-event.js';
import { readerByCommitOrder, readerBySequence, readerByTime, type TestReader } from './read-by-sequence.test.js';

// A cluster of its own: how far the log can be read is a matter of all its transactions.
let cluster: TestCluster;
let db: TestDatabase;
let organizationId: string;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.createDatabase();
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
});

function anEvent() {
  const userId = uuidV7();
  return newEvent<'user.deleted'>({
    ...{ type: 'user.deleted', organizationId, subject: `users/${userId}`, actor: 'system:test' },
    ...{ correlationId: uuidV7(), payload: { user_id: userId }, occurredAt: new Date() },
  });
}

/** A writer is overtaken by another while somebody reads. What the reader has seen in the end, and what there is. */
async function overtake(read: TestReader): Promise<{ seen: string[]; written: string[] }> {
  const [early, late] = [anEvent(), anEvent()];
  const slow = await db.system.connect();
  try {
    await slow.query('begin');
    await appendEvents(slow, [early]);
    await withTransaction(db.system, (client) => appendEvents(client, [late]));
    const seen = await read(organizationId);
    await slow.query('commit');
    seen.push(...(await read(organizationId)), ...(await read(organizationId)));
    return { seen, written: [early.id, late.id] };
  } finally {
    slow.release(true);
  }
}

describe('a transaction that is overtaken by one that began later', () => {
  it('is read in commit order: nothing is passed over, nothing comes twice', async () => {
    const { seen, written } = await overtake(readerByCommitOrder(db.system));
    expect(seen).toEqual(written);
  });

  it.each([
    ['sequence number', readerBySequence],
    ['time of insert', readerByTime],
  ])('is lost for ever to a reader that goes by the %s', async (_by, readerOf) => {
    const { seen, written } = await overtake(readerOf(db.system));
    expect(seen).toEqual(written.slice(1));
  });
});
