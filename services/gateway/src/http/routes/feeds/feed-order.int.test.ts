import type { EventOut } from '@rollcall/contracts';
import { appendEvents, newEvent, ringEvents } from '@rollcall/event-log';
import {
  buildOrganization,
  startCluster,
  type BuiltUser,
  type TestCluster,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStream } from '../../../testing/open-stream.test.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const WRITERS = 8;
const ROUNDS = 25;

// A cluster of its own: the horizon below which the log can be read belongs to all databases of a cluster.
let cluster: TestCluster;
let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;

beforeAll(async () => {
  cluster = await startCluster();
  database = await cluster.createDatabase();
  gateway = await startTestGateway(database);
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
});
afterAll(async () => {
  await gateway.close();
  await database.close();
  await cluster.close();
});

function someEvent() {
  return newEvent<'user.updated'>({
    type: 'user.updated',
    organizationId: operator.organizationId,
    subject: `users/${operator.id}`,
    actor: 'system:test',
    correlationId: uuidV7(),
    payload: { user_id: operator.id, changed: ['full_name'] },
    occurredAt: new Date(),
  });
}

/**
 * Writers in pairs: the second of a pair takes its transaction id later, and commits while the first is still open. Every
 * fifth transaction is rolled back.
 */
async function writePairs(committed: string[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const [older, younger] = [await database.system.connect(), await database.system.connect()];
    try {
      for (const client of [older, younger]) await client.query('begin');
      const append = async (client: typeof older) =>
        (await appendEvents(client, [someEvent(), someEvent()])).map(({ id }) => id);
      const first = await append(older);
      const second = await append(younger);
      await ringEvents(younger);
      await younger.query('commit');
      committed.push(...second);
      const third = await append(older);
      await ringEvents(older);
      const rolledBack = round % 5 === 4;
      await older.query(rolledBack ? 'rollback' : 'commit');
      if (!rolledBack) committed.push(...first, ...third);
    } finally {
      older.release();
      younger.release();
    }
  }
}

describe('the feed under 8 writers whose transactions commit in another order than they began', () => {
  it('gives each of three readers every event once, all in the same order', async () => {
    const last = someEvent();
    const readers = [readPages(7), readPages(50), readStream()];

    async function readPages(limit: number): Promise<string[]> {
      const ids: string[] = [];
      let after = '';
      while (ids.at(-1) !== last.id) {
        const page = await gateway.call<EventOut[]>('GET', `/v1/events?wait=5&limit=${limit}${after}`, {
          as: operator,
        });
        ids.push(...page.body.data.map(({ id }) => id));
        after = `&after=${page.body.meta.next_cursor ?? ''}`;
      }
      return ids;
    }

    /** By stream, which it leaves and resumes now and then. */
    async function readStream(): Promise<string[]> {
      const ids: string[] = [];
      let lastEventId = '';
      const token = gateway.tokenOf(operator);
      while (ids.at(-1) !== last.id) {
        const stream = await openStream(`${gateway.url}/v1/events/stream`, {
          token,
          headers: { 'last-event-id': lastEventId },
        });
        for (let count = 0; count < 60 && ids.at(-1) !== last.id; count += 1) {
          const block = await stream.nextEvent();
          if (block === undefined) throw new Error('the stream ended');
          ids.push(block.event.id);
          lastEventId = block.id ?? '';
        }
        stream.close();
      }
      return ids;
    }

    const committed: string[] = [];
    await Promise.all(Array.from({ length: WRITERS / 2 }, () => writePairs(committed)));
    const end = await database.system.connect();
    await end.query('begin');
    await appendEvents(end, [last]);
    await ringEvents(end);
    await end.query('commit');
    end.release();
    const [one = [], two, three] = await Promise.all(readers);
    expect(one.toSorted()).toEqual([...committed, last.id].toSorted());
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(one).toHaveLength((WRITERS / 2) * (ROUNDS * 2 + (ROUNDS - ROUNDS / 5) * 4) + 1);
  });
});
