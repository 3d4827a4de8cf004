import { buildOrganization, createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listFunctions } from '../functions/function-files.js';
import { applyFunctions } from '../functions/apply-functions.js';
import { dumpSchema } from '../schema/dump-schema.js';
import { listMigrations } from './migration-files.js';
import { migrate, rollBack } from './migrate.js';

let db: TestDatabase;

beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const committed = (): Promise<string> => readFile(new URL('../../schema.sql', import.meta.url), 'utf8');

describe('migrate', () => {
  it('makes the schema that is committed, on every version of the server', async () => {
    expect(await dumpSchema(db.ownerUrl)).toBe(await committed());
  });

  it('goes down to nothing and up again to the same', async () => {
    const names = (await listMigrations()).map(({ name }) => name);
    expect((await rollBack(db.ownerUrl, 'all')).toSorted()).toEqual(names);
    const left = `select count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname not like 'schema_migrations%'`;
    expect(await queryValue(db.owner, left)).toBe(0);
    expect(
      await queryValue(db.owner, `select count(*)::int from pg_proc where pronamespace = 'public'::regnamespace`),
    ).toBe(0);
    const report = await migrate(db.ownerUrl);
    expect(report).toMatchObject({ migrations: names, startedEpoch: true });
    expect(await dumpSchema(db.ownerUrl)).toBe(await committed());
  });

  it('goes down step by step', async () => {
    const names = (await listMigrations()).map(({ name }) => name).toReversed();
    for (const name of names) expect(await rollBack(db.ownerUrl, 'newest')).toEqual([name]);
    expect(await rollBack(db.ownerUrl, 'newest')).toEqual([]);
  });

  it('finds nothing to do the second time', async () => {
    expect(await migrate(db.ownerUrl)).toEqual({
      migrations: [],
      functions: [],
      scheduler: false,
      epoch: 1,
      startedEpoch: false,
    });
  });

  it('is done once by processes that start together, and keeps what is there', async () => {
    await rollBack(db.ownerUrl, 'newest');
    const { id } = await buildOrganization(db.owner);
    const reports = await Promise.all([1, 2, 3].map(() => migrate(db.ownerUrl)));
    expect(reports.filter(({ migrations }) => migrations.length === 1)).toHaveLength(1);
    expect(reports.filter(({ functions }) => functions.length > 0)).toHaveLength(1);
    expect(await queryValue(db.owner, 'select id from organizations')).toBe(id);
    expect(await dumpSchema(db.ownerUrl)).toBe(await committed());
  });

  it('is not stopped by the lock of a process that died in the middle', async () => {
    await rollBack(db.ownerUrl, 'newest');
    await db.owner.query('update schema_migrations_lock set is_locked = 1');
    expect((await migrate(db.ownerUrl)).migrations).toHaveLength(1);
  });

  it('refuses a database of a newer version in one line', async () => {
    await db.owner.query(
      `insert into schema_migrations (name, batch, migration_time) values ('9999_future', 9, now())`,
    );
    await expect(migrate(db.ownerUrl)).rejects.toThrow(/newer Rollcall \(9999_future/);
  });
});

describe('applyFunctions', () => {
  const file = (name: string, sql: string) => ({ name, sql, checksum: sql });
  const apply = async (...more: ReturnType<typeof file>[]): Promise<string[]> => {
    const client = await db.owner.connect();
    try {
      return await applyFunctions(client, [...(await listFunctions()), ...more]);
    } finally {
      client.release();
    }
  };
  const one = file('one', 'create function one() returns int language sql as $$ select two() $$');
  const two = file('two', 'create function two() returns int language sql as $$ select 2 $$');

  it('creates in any order, changes what changed, also its type, and drops what has no file', async () => {
    expect(await apply(one, two)).toEqual(['one', 'two']);
    expect(await apply(one, two)).toEqual([]);
    expect(await queryValue(db.owner, 'select one()')).toBe(2);
    const changed = file('two', `create function two(p int default 1) returns text language sql as $$ select 'two' $$`);
    expect(await apply(changed)).toEqual(['two', 'one']);
    expect(await queryValue(db.owner, 'select two()')).toBe('two');
    expect(await queryValue(db.owner, `select to_regproc('one') is null`)).toBe(true);
    expect(await apply()).toEqual(['two']);
    expect(await dumpSchema(db.ownerUrl)).toBe(await committed());
  });

  it('names the file that is wrong and changes nothing', async () => {
    const wrong = file('wrong', 'create function wrong( returns int');
    await expect(apply(one, two, wrong)).rejects.toThrow('db/functions/wrong.sql: syntax error');
    expect(await queryValue(db.owner, `select to_regproc('one') is null`)).toBe(true);
  });
});
