import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

export async function listOrganizationIds(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select id from organizations order by id');
  return rows.map(({ id }) => id);
}

/** Finds an organization by its id or slug. */
export async function findOrganization(
  client: Client,
  idOrSlug: string,
): Promise<{ readonly id: string; readonly slug: string } | undefined> {
  const { rows } = await client.query<{ id: string; slug: string }>(
    'select id, slug from organizations where id::text = $1 or slug = $1',
    [idOrSlug],
  );
  return rows[0];
}
