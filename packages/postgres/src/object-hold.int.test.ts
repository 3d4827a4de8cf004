import { createTestDatabase, waitUntilBlocked, type TestDatabase } from '@rollcall/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdObjects, unlessObjectsAreHeld } from './object-hold.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const deleteSome = () => Promise.resolve('deleted');

describe('objects that a backup copies', () => {
  it('are not deleted until its connection has ended', async () => {
    const backup = new pg.Client({ connectionString: db.ownerUrl });
    await backup.connect();
    await holdObjects(backup);
    expect(await unlessObjectsAreHeld(db.system, deleteSome)).toBeUndefined();
    await backup.end();
    expect(await unlessObjectsAreHeld(db.system, deleteSome)).toBe('deleted');
  });

  it('are held once a deletion under way has ended', async () => {
    const backup = new pg.Client({ connectionString: db.ownerUrl });
    await backup.connect();
    const order: string[] = [];
    await unlessObjectsAreHeld(db.system, async () => {
      const held = holdObjects(backup).then(() => order.push('held'));
      await waitUntilBlocked(db);
      order.push('deleted');
      held.catch(() => undefined);
    });
    await holdObjects(backup);
    expect(order).toEqual(['deleted', 'held']);
    await backup.end();
  });
});
