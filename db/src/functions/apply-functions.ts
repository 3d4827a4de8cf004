import type { ClientBase } from 'pg';
import type { FunctionFile } from './function-files.js';

/**
 * Brings the database's functions to the state of the files, in one transaction: what is new or changed is dropped and
 * created again (with its grants, which stand in the file), what has no file any more is dropped. Order does not matter:
 * bodies are not checked against one another while it runs.
 *
 * @returns names of what was created or dropped.
 */
export async function applyFunctions(client: ClientBase, files: readonly FunctionFile[]): Promise<string[]> {
  const applied = await readApplied(client);
  const wanted = new Map(files.map((file) => [file.name, file]));
  const changed = files.filter(({ name, checksum }) => applied.get(name) !== checksum);
  const dropped = [...applied.keys()].filter((name) => !wanted.has(name));
  if (changed.length + dropped.length === 0) return [];
  await client.query('begin; set local check_function_bodies = off');
  try {
    await dropFunctions(client, [...changed.map(({ name }) => name), ...dropped]);
    for (const { name, sql } of changed) {
      await client.query(sql).catch((error: unknown) => {
        throw new Error(`db/functions/${name}.sql: ${(error as Error).message}`, { cause: error });
      });
    }
    await client.query('delete from applied_functions where name = any($1)', [dropped]);
    await client.query(
      `insert into applied_functions (name, checksum) select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set checksum = excluded.checksum, applied_at = now()`,
      [changed.map(({ name }) => name), changed.map(({ checksum }) => checksum)],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  return [...changed.map(({ name }) => name), ...dropped];
}

/** Drops every function that came from a file; before migrations are taken back. */
export async function dropAppliedFunctions(client: ClientBase): Promise<void> {
  const applied = await readApplied(client);
  await client.query('begin');
  await dropFunctions(client, [...applied.keys()]);
  await client.query('delete from applied_functions');
  await client.query('commit');
}

async function readApplied(client: ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from applied_functions',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** By name, whatever the parameters were: an old overload would still be found by calls. */
async function dropFunctions(client: ClientBase, names: readonly string[]): Promise<void> {
  const sql = `
    select 'drop routine ' || string_agg(oid::regprocedure::text, ', ') as statement
    from pg_proc where pronamespace = 'public'::regnamespace and proname = any($1)`;
  const { rows } = await client.query<{ statement: string | null }>(sql, [names]);
  const statement = rows[0]?.statement;
  if (statement) await client.query(statement);
}
