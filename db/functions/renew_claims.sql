-- Lengthens a worker's leases; answers the ids it still holds. What is missing belongs to somebody else now.
create or replace function renew_claims(p_worker uuid, p_recognitions uuid[], p_registrations uuid[], p_lease interval) returns uuid[]
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  -- Lost in a crash, it is as if it had not been asked for.
  select set_config('synchronous_commit', 'off', true);
  with frames as (
    update recognition_requests set claimed_until = clock_timestamp() + p_lease
    where id = any (p_recognitions) and status = 'processing' and claimed_by = p_worker returning id
  ), people as (
    update registration_requests set claimed_until = clock_timestamp() + p_lease
    where id = any (p_registrations) and status = 'processing' and claimed_by = p_worker returning id
  )
  select coalesce(array_agg(id), '{}') from (select id from frames union all select id from people) as held
$$;
comment on function renew_claims(uuid, uuid[], uuid[], interval) is 'Lengthens leases; answers the ids still held.';
revoke execute on function renew_claims(uuid, uuid[], uuid[], interval) from public;
grant execute on function renew_claims(uuid, uuid[], uuid[], interval) to rollcall_system;
