import type { SystemConfig } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

/** Days for organizations that have not set their own. */
export type RetentionDays = SystemConfig['retention'];

/**
 * Forgets the images of up to `limit` frames that ended longer ago than their organization keeps them, and puts the objects
 * down for deletion; answers how many. Their results stay.
 */
export async function forgetFrames(client: Client, preset: RetentionDays, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `with due as (
       select q.id, q.organization_id, q.image_key
       from organizations as o
       left join system_configs as c on c.organization_id = o.id
       cross join lateral (
         select r.id, r.organization_id, r.image_key from recognition_requests as r
         where r.organization_id = o.id and r.image_key is not null
           and r.completed_at < now() - make_interval(days => coalesce((c.body #>> '{retention,frame_days}')::integer, $1))
         order by r.completed_at limit $2 for no key update of r skip locked
       ) as q limit $2
     ), forgotten as (
       update recognition_requests as r set image_key = null from due where r.id = due.id
     ), doomed as (
       insert into object_deletions (object_key, organization_id) select image_key, organization_id from due
       on conflict do nothing
     )
     select count(*)::integer as count from due`,
    [preset.frame_days, limit],
  );
  return rows[0]?.count ?? 0;
}

/** Forgets up to `limit` face crops that are older than their organization keeps them, but none that a review still waits for. */
export async function forgetOldCrops(client: Client, preset: RetentionDays, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `with due as (
       select q.id, q.organization_id, q.crop_key
       from organizations as o
       left join system_configs as c on c.organization_id = o.id
       cross join lateral (
         select f.id, f.organization_id, f.crop_key from recognized_faces as f
         where f.organization_id = o.id and f.crop_key is not null
           and f.created_at < now() - make_interval(days => coalesce((c.body #>> '{retention,crop_days}')::integer, $1))
           and not exists (select from reviews as w where w.recognized_face_id = f.id and w.status = 'open')
         order by f.created_at limit $2 for no key update of f skip locked
       ) as q limit $2
     ), forgotten as (
       update recognized_faces as f set crop_key = null from due where f.id = due.id
     ), doomed as (
       insert into object_deletions (object_key, organization_id) select crop_key, organization_id from due
       on conflict do nothing
     )
     select count(*)::integer as count from due`,
    [preset.crop_days, limit],
  );
  return rows[0]?.count ?? 0;
}

/** Forgets the crops of up to `limit` reviews that ended without attendance longer ago than their organization keeps those. */
export async function forgetCropsOfEndedReviews(client: Client, preset: RetentionDays, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `with due as (
       select q.id, q.recognized_face_id
       from organizations as o
       left join system_configs as c on c.organization_id = o.id
       cross join lateral (
         select r.id, r.recognized_face_id from reviews as r
         where r.organization_id = o.id and r.status in ('rejected', 'expired') and r.crop_erased_at is null
           and r.decided_at < now() - make_interval(days => coalesce((c.body #>> '{retention,ended_review_crop_days}')::integer, $1))
         order by r.decided_at limit $2 for no key update of r skip locked
       ) as q limit $2
     ), crops as (
       select f.id, f.organization_id, f.crop_key from recognized_faces as f join due on due.recognized_face_id = f.id
       where f.crop_key is not null order by f.id for no key update of f
     ), noted as (
       update reviews as r set crop_erased_at = now() from due where r.id = due.id
     ), forgotten as (
       update recognized_faces as f set crop_key = null from crops where f.id = crops.id
     ), doomed as (
       insert into object_deletions (object_key, organization_id) select crop_key, organization_id from crops
       on conflict do nothing
     )
     select count(*)::integer as count from due`,
    [preset.ended_review_crop_days, limit],
  );
  return rows[0]?.count ?? 0;
}
