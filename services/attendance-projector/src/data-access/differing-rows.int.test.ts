import type { ClientBase } from '@rollcall/postgres';
import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector } from '../events/projection-fixture.test.js';
import { openShadowProjection, type ShadowProjection } from '../projections/shadow-projection.js';
import { beginLists, listDifferingRows } from './differing-rows.js';

let db: TestDatabase;
let shadow: ShadowProjection;

beforeAll(async () => {
  db = await createTestDatabase();
  shadow = await openShadowProjection(db.systemUrl);
});
afterAll(async () => {
  await shadow.close();
  await db.close();
});

describe('comparing two projections', () => {
  it('lists an organization’s rows that differ, in a transaction that no reader of the event log waits for', async () => {
    const [scene, other] = [await buildScene(db), await buildScene(db)];
    for (const each of [scene, other]) {
      await each.append(each.seen('2025-03-03T09:00:00Z', each.ada, each.ben));
      await startTestProjector(db).projectAll(each.organizationId);
    }
    await beginLists(shadow.client);
    const ids: unknown[] = [];
    const watched = {
      async query(...given: unknown[]) {
        const query = shadow.client.query.bind(shadow.client) as (...args: unknown[]) => Promise<{ rows: unknown[] }>;
        if (given[0] === 'commit') ids.push(...(await query('select pg_current_xact_id_if_assigned() as id')).rows);
        return query(...given);
      },
    } as unknown as ClientBase;
    await listDifferingRows(watched, scene.organizationId, 'all');
    expect(ids).toEqual([{ id: null }]);
    const { rows } = await shadow.client.query('select kind, user_id from differing_rows order by kind, user_id');
    const people = [scene.ada, scene.ben].toSorted();
    expect(rows).toEqual(['log', 'record'].flatMap((kind) => people.map((user_id) => ({ kind, user_id }))));
    // Written to when the list is: before that, the server kept what differs.
    await expect(shadow.client.query('fetch 1 from differing')).rejects.toThrow('does not exist');
  });
});
