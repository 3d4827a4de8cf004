import { createTestDatabase, queryValue, startHalfOpenProxy, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAnswered } from './all-answered.js';
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

describe('allAnswered', () => {
  it('answers each statement in its place, taken in the order they were sent', async () => {
    const answers = await withTransaction(pool, (client) =>
      allAnswered([
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
      allAnswered([
        client.query(insertModel, ['gone']),
        // Its failure comes through more promises than those of the statements behind it.
        allAnswered([Promise.all([client.query('select 1/0')])]),
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
      return allAnswered(statements).finally(() => {
        expect(answered).toBe(3);
      });
    });
    await expect(failing).rejects.toThrow('division by zero');
  });

  it('fails once, and the connection is thrown away, when it is cut with several statements on their way', async () => {
    const proxy = await startHalfOpenProxy({ port: Number(new URL(db.systemUrl).port) });
    const connectionString = db.systemUrl.replace(`:${new URL(db.systemUrl).port}/`, `:${String(proxy.port)}/`);
    const routed = createPool({ connectionString, applicationName: 'test', max: 1, onError: () => undefined });
    const failing = withTransaction(routed, async (client) => {
      await client.query('select 1');
      const sent = allAnswered([
        client.query('select pg_sleep(30)'),
        client.query('select 2'),
        client.query('select 3'),
      ]);
      proxy.reset();
      return sent;
    });
    await expect(failing).rejects.toThrow(/terminated|ECONNRESET|socket/i);
    expect(routed.totalCount).toBe(0);
    expect(await queryValue(routed, 'select 1')).toBe(1);
    await routed.end();
    await proxy.close();
  });

  it('leaves named statements in order that were refused on their way', async () => {
    const named = (values: string[]) => ({ name: 'insert-named', text: insertModel, values });
    const failing = withTransaction(pool, (client) =>
      allAnswered([client.query('select 1/0'), client.query(named(['refused'])), client.query(named(['refused too']))]),
    );
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    await pool.query(named(['after']));
    expect(
      await queryValue(pool, `select count(*)::int from face_models where id like 'refused%' or id = 'after'`),
    ).toBe(1);
  });
});
