-- Lengthens a worker's leases; answers the ids it still holds. What is missing belongs to somebody else now.
create or replace function renew_claims(p_worker uuid, p_recognitions uuid[], p_registrations uuid[], p_lease interval) returns uuid[]
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  -- Lost in a crash, it is as if it had not been asked for.
  select set_config('synchronous_commit', 'off', true);
  -- Rows that another connection of the worker is completing are passed over: they need no lease, and waiting for them in
  -- another order than it locks them would be a deadlock. They count as held.
  with frames as (
    update recognition_requests as r set claimed_until = clock_timestamp() + p_lease
    where r.id in (
      select o.id from recognition_requests as o where o.id = any (p_recognitions) and o.status = 'processing' and o.claimed_by = p_worker
      order by o.id for no key update skip locked)
  ), people as (
    update registration_requests as r set claimed_until = clock_timestamp() + p_lease
    where r.id in (
      select o.id from registration_requests as o where o.id = any (p_registrations) and o.status = 'processing' and o.claimed_by = p_worker
      order by o.id for no key update skip locked)
  )
  select coalesce(array_agg(held.id), '{}') from (
    select r.id from recognition_requests as r where r.id = any (p_recognitions) and r.status = 'processing' and r.claimed_by = p_worker
    union all
    select r.id from registration_requests as r where r.id = any (p_registrations) and r.status = 'processing' and r.claimed_by = p_worker
  ) as held
$$;
comment on function renew_claims(uuid, uuid[], uuid[], interval) is 'Lengthens leases; answers the ids still held.';
revoke execute on function renew_claims(uuid, uuid[], uuid[], interval) from public;
grant execute on function renew_claims(uuid, uuid[], uuid[], interval) to rollcall_system;
