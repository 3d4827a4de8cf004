import { INSTALLATION_ID } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { buildOrganization, createTestDatabase, queryValue, type TestDatabase } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let db: TestDatabase;
let mine: string;

beforeAll(async () => {
  db = await createTestDatabase();
  mine = (await buildOrganization(db.owner)).id;
});
afterAll(() => db.close());
afterEach(() => db.owner.query('delete from system_logs'));

const line = (given: object = {}) => ({ level: 'warn', service: 'gateway', code: 'X', message: 'm', ...given });

function write(lines: readonly object[], pool = db.gateway): Promise<unknown> {
  return queryValue(pool, 'select write_system_logs($1::jsonb)', [JSON.stringify(lines)]);
}

async function list(organizationId: string, filter: readonly unknown[] = [null, null, null, null, null, 50]) {
  return withOrganization(db.gateway, organizationId, async (client) => {
    const { rows } = await client.query<{ id: string; message: string; context: unknown; of_installation: boolean }>(
      'select * from list_system_logs($1, $2, $3, $4, $5, $6)',
      [...filter],
    );
    return rows;
  });
}

describe('write_system_logs', () => {
  it('takes lines of both services without an organization being set, and no other way is open', async () => {
    expect(await write([line(), line({ organization_id: mine, repeats: 3 })])).toBe(2);
    expect(await write([line({ service: 'face-worker' })], db.system)).toBe(1);
    const insert = `insert into system_logs (level, service, code, message) values ('warn', 'gateway', 'X', 'm')`;
    await expect(db.gateway.query(insert)).rejects.toThrow('permission denied');
    await expect(db.gateway.query('select * from system_logs')).rejects.toThrow('permission denied');
  });

  it('bounds what one line and one call may hold', async () => {
    const long = 'x'.repeat(5_000);
    expect(await write(Array.from({ length: 300 }, () => line()))).toBe(200);
    await db.owner.query('delete from system_logs');
    await write([line({ message: long, code: long, context: { long: long.repeat(3) }, repeats: 0 })]);
    expect(
      (
        await db.owner.query(
          'select length(message) as message, length(code) as code, context, repeats from system_logs',
        )
      ).rows,
    ).toEqual([{ message: 1000, code: 80, context: { cut: true }, repeats: 1 }]);
    await expect(write([line({ level: 'info' })])).rejects.toThrow('check constraint');
  });
});

describe('list_system_logs', () => {
  it("shows an organization's own lines and the installation's, never another's", async () => {
    const theirs = (await buildOrganization(db.owner)).id;
    await write([
      line({ message: 'mine', organization_id: mine, context: { a: 1 } }),
      line({ message: 'theirs', organization_id: theirs, context: { a: 1 } }),
      line({ message: 'ours', context: { organization_id: theirs } }),
    ]);
    expect((await list(mine)).map(({ message }) => message)).toEqual(['ours', 'mine']);
    expect((await list(theirs)).map(({ message }) => message)).toEqual(['ours', 'theirs']);
    // With several organizations a line of the installation is told without its fields.
    expect((await list(mine)).map(({ context }) => context)).toEqual([{}, { a: 1 }]);
    expect(
      await queryValue(db.gateway, 'select count(*)::int from list_system_logs(null, null, null, null, null, 9)'),
    ).toBe(0);
    await db.owner.query(
      'delete from system_logs; delete from organizations where id <> $1'.replace('$1', `'${mine}'`),
    );
  });

  it("tells the installation's lines in full where there is one organization only", async () => {
    await write([line({ context: { part: 'storage' } })]);
    expect((await list(mine)).map(({ context, of_installation }) => [context, of_installation])).toEqual([
      [{ part: 'storage' }, true],
    ]);
    expect(await queryValue(db.owner, 'select organization_id from system_logs')).toBe(INSTALLATION_ID);
  });

  it('filters by level, service and time, and goes on below an id', async () => {
    await write([
      line({ message: '1', level: 'error', occurred_at: '2025-03-03T08:00:00Z' }),
      line({ message: '2', service: 'face-worker', occurred_at: '2025-03-03T09:00:00Z' }),
      line({ message: '3', occurred_at: '2025-03-03T10:00:00Z' }),
    ]);
    const found = async (...filter: unknown[]) => (await list(mine, filter)).map(({ message }) => message);
    expect(await found(['error', 'fatal'], null, null, null, null, 9)).toEqual(['1']);
    expect(await found(null, ['face-worker'], null, null, null, 9)).toEqual(['2']);
    expect(await found(null, null, '2025-03-03T09:00:00Z', '2025-03-03T10:00:00Z', null, 9)).toEqual(['2']);
    expect(await found(null, null, null, null, null, 2)).toEqual(['3', '2']);
    const [newest] = await list(mine);
    expect(await found(null, null, null, null, newest?.id, 9)).toEqual(['2', '1']);
  });
});
