import type { ClientBase } from 'pg';

/** Keys of some stored objects that rows of any organization name: by them a folder is known to be the right one. */
export async function readNamedObjects(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ object_key: string }>('select sample_named_objects() as object_key');
  return rows.map((row) => row.object_key);
}
