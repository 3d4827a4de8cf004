-- Gives a worker up to p_limit registrations, oldest first, those of lost workers before the others.
create or replace function claim_registrations(p_worker uuid, p_limit integer, p_lease interval)
  returns table (
    id uuid, organization_id uuid, user_id uuid, images jsonb, attempts smallint, correlation_id uuid, request_event_id uuid, system_config jsonb
  )
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  -- Look-ups by index only: a plan made while the queue was short would go on reading all of it when it has become long.
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  -- The arrays of ids would be planned for anew at every call.
  set plan_cache_mode = force_generic_plan
  as $$
#variable_conflict use_column
declare
  chosen uuid[];
begin
  if p_limit <= 0 then
    return;
  end if;
  -- Nobody needs to wait for the disk here: a claim lost in a crash is a request that is queued still. Not so what was
  -- written before in this transaction.
  if pg_current_xact_id_if_assigned() is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  perform end_registrations();
  select coalesce(array_agg(taken.id), '{}') into chosen from (
    select r.id from registration_requests as r
    where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3
    order by r.claimed_until limit p_limit for update skip locked
  ) as taken;
  if cardinality(chosen) < p_limit then
    select chosen || coalesce(array_agg(taken.id), '{}') into chosen from (
      select r.id from registration_requests as r
      where r.status = 'queued'
      order by r.created_at limit p_limit - cardinality(chosen) for update skip locked
    ) as taken;
  end if;
  if cardinality(chosen) = 0 then
    return;
  end if;
  return query
    with claimed as (
      update registration_requests as r
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = r.attempts + 1
      where r.id = any (chosen)
      returning r.*
    )
    select c.id, c.organization_id, c.user_id, c.images, c.attempts, c.correlation_id, c.request_event_id, coalesce(f.body, '{}')
    from claimed as c left join system_configs as f on f.organization_id = c.organization_id
    order by array_position(chosen, c.id);
end
$$;
comment on function claim_registrations(uuid, integer, interval) is 'Claims registrations for p_lease: no other worker gets them meanwhile.';
revoke execute on function claim_registrations(uuid, integer, interval) from public;
grant execute on function claim_registrations(uuid, integer, interval) to rollcall_system;
