-- Gives a worker up to p_limit uploaded images to judge, oldest first; those whose worker was lost count as waiting. One
-- that lost its third worker ends as failed.
create or replace function claim_uploaded_images(p_worker uuid, p_limit integer, p_lease interval)
  returns table (id uuid, organization_id uuid, object_key text, attempts smallint, system_config jsonb)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
begin
  update uploaded_images as u
  set status = 'failed', reason = 'WORKER_LOST', completed_at = clock_timestamp(), claimed_by = null, claimed_until = null
  where u.id in (
    select o.id from uploaded_images as o
    where o.status = 'processing' and o.claimed_until < clock_timestamp() and o.attempts >= 3 for update skip locked);
  return query
    with chosen as (
      select o.id from uploaded_images as o
      where o.status = 'queued' or (o.status = 'processing' and o.claimed_until < clock_timestamp() and o.attempts < 3)
      order by o.created_at limit p_limit for update skip locked
    ), claimed as (
      update uploaded_images as u
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = u.attempts + 1
      from chosen where u.id = chosen.id
      returning u.*
    )
    select c.id, c.organization_id, c.object_key, c.attempts, coalesce(f.body, '{}')
    from claimed as c left join system_configs as f on f.organization_id = c.organization_id
    order by c.created_at;
end
$$;
comment on function claim_uploaded_images(uuid, integer, interval) is 'Claims uploaded images for p_lease: no other worker gets them meanwhile.';
revoke execute on function claim_uploaded_images(uuid, integer, interval) from public;
grant execute on function claim_uploaded_images(uuid, integer, interval) to rollcall_system;
