import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(() => db.owner.query('delete from sign_in_attempts'));
afterAll(() => db.close());

const at = (seconds: number): Date => new Date(Date.UTC(2025, 2, 3, 9) + seconds * 1_000);
const [a, b, c] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];

async function count(keys: readonly Buffer[], now: Date): Promise<Record<string, unknown>> {
  const { rows } = await db.gateway.query<{ key: Buffer; attempts: number; ends_at: Date }>(
    `select * from count_sign_in($1, $2, '300 s')`,
    [keys, now],
  );
  return Object.fromEntries(
    rows.map((row) => [row.key.toString(), [row.attempts, row.ends_at.getTime() / 1_000 - at(0).getTime() / 1_000]]),
  );
}

describe('count_sign_in', () => {
  it('counts under each key until the window is over, which attempts do not lengthen', async () => {
    expect(await count([a, b], at(0))).toEqual({ a: [1, 300], b: [1, 300] });
    expect(await count([a, c], at(299))).toEqual({ a: [2, 300], c: [1, 599] });
    expect(await count([a], at(300))).toEqual({ a: [1, 600] });
  });

  it('counts every one of many at once, whatever the order of their keys', async () => {
    const orders = [
      [a, b, c],
      [c, b, a],
      [b, a, c],
    ];
    await Promise.all(Array.from({ length: 30 }, (_, index) => count(orders[index % 3] ?? [], at(1))));
    expect(await count([a, b, c], at(2))).toMatchObject({ a: [31, 301], b: [31, 301], c: [31, 301] });
  });

  it('takes away what is over', async () => {
    await count([a, b], at(0));
    await count([c], at(400));
    const { rows } = await db.owner.query<{ key: Buffer }>('select key from sign_in_attempts');
    expect(rows.map(({ key }) => key.toString())).toEqual(['c']);
  });

  it('never locks out somebody who comes back when their window is over', async () => {
    await count([a], at(0));
    const here = await db.gateway.connect();
    const there = await db.gateway.connect();
    const countAt = (client: typeof here, key: Buffer, now: Date) =>
      client.query(`select count_sign_in($1, $2, '300 s')`, [[key], now]);
    try {
      await here.query('begin');
      await countAt(here, b, at(299));
      // Takes away what is over, and waits for b.
      const waiting = countAt(there, b, at(300));
      await expect
        .poll(async () => {
          const { rows } = await db.owner.query(
            'select from pg_stat_activity where datname = current_database() and wait_event_type = $1',
            ['Lock'],
          );
          return rows.length;
        })
        .toBe(1);
      await countAt(here, a, at(300));
      await here.query('commit');
      await waiting;
    } finally {
      here.release();
      there.release();
    }
    expect(await count([a, b], at(301))).toEqual({ a: [2, 600], b: [3, 599] });
  });

  it('is the only way to the table, and for the gateway alone', async () => {
    for (const pool of [db.gateway, db.system]) {
      await expect(pool.query('select from sign_in_attempts')).rejects.toThrow('permission denied');
    }
    await expect(db.system.query(`select count_sign_in('{}', now(), '1 s')`)).rejects.toThrow('permission denied');
    await expect(db.system.query(`select forgive_sign_in('{}', '{}')`)).rejects.toThrow('permission denied');
  });
});

describe('forgive_sign_in', () => {
  it('forgets some counts and lessens others, never below nothing', async () => {
    await count([a, b], at(0));
    await count([a, b], at(0));
    const forgive = () => db.gateway.query('select forgive_sign_in($1, $2)', [[a], [b, c]]);
    await forgive();
    expect(await count([a, b], at(1))).toEqual({ a: [1, 301], b: [2, 300] });
    for (let time = 0; time < 5; time += 1) await forgive();
    expect(await count([b], at(1))).toEqual({ b: [1, 300] });
  });
});
