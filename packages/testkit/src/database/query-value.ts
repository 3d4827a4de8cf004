import type { ClientBase } from 'pg';

/** The first column of the first row; undefined when there is no row. */
export async function queryValue<Value>(
  client: Pick<ClientBase, 'query'>,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Value | undefined> {
  const { rows } = await client.query<Record<string, Value>>(sql, [...values]);
  return rows[0] === undefined ? undefined : Object.values(rows[0])[0];
}
