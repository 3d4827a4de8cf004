import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

/** Deletes up to `limit` uploaded images whose time is over and puts their objects down for deletion; answers how many. */
export async function deleteExpiredUploads(client: Client, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `with gone as (
       delete from uploaded_images where id in (
         select id from uploaded_images where expires_at < now() order by expires_at limit $1)
       returning organization_id, object_key
     ), doomed as (
       insert into object_deletions (object_key, organization_id) select object_key, organization_id from gone
       on conflict do nothing
     )
     select count(*)::integer as count from gone`,
    [limit],
  );
  return rows[0]?.count ?? 0;
}
