import { createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelined } from './pipelined.js';
import { createPool, type Pool } from './pool.js';
import { withTransaction } from './transaction.js';

let db: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  db = await createTestDatabase();
  pool = createPool({ connectionString: db.systemUrl, applicationName: 'test', max: 1, onError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await db.close();
});

const insertModel = `insert into face_models (id, dimension) values ($1, 1)`;

describe('pipelined', () => {
  it('answers each statement in its place, taken in the order they were sent', async () => {
    const answers = await withTransaction(pool, (client) =>
      pipelined([
        client.query(insertModel, ['first']),
        queryValue<number>(client, 'select count(*)::int from face_models'),
        client.query({ name: 'insert-model', text: insertModel, values: ['second'] }),
        client.query({ name: 'insert-model', text: insertModel, values: ['third'] }),
        queryValue<number>(client, 'select count(*)::int from face_models'),
      ]),
    );
    expect(answers[1]).toBe(1);
    expect(answers[4]).toBe(3);
    expect(answers[3].rowCount).toBe(1);
  });

  it('fails with what made the others fail, stores nothing, and gives the connection back clean', async () => {
    const failing = withTransaction(pool, (client) =>
      pipelined([
        client.query(insertModel, ['gone']),
        // Its failure comes through more promises than those of the statements behind it.
        pipelined([Promise.all([client.query('select 1/0')])]),
        client.query(insertModel, ['behind-it']),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ message: 'division by zero', code: '22012' });
    expect(await queryValue(pool, `select count(*)::int from face_models where id in ('gone', 'behind-it')`)).toBe(0);
    expect(pool.totalCount).toBe(1);
  });

  it('waits for all of them before it fails', async () => {
    let answered = 0;
    const count = (statement: Promise<unknown>) => statement.finally(() => answered++).catch(() => undefined);
    const failing = withTransaction(pool, (client) => {
      const statements = [client.query('select 1/0'), client.query('select 1'), client.query('select 2')];
      statements.forEach((statement) => void count(statement));
      return pipelined(statements).finally(() => {
        expect(answered).toBe(3);
      });
    });
    await expect(failing).rejects.toThrow('division by zero');
  });
});
