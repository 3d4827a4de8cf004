-- Gives a worker up to p_limit frames: first those whose worker was lost, then by priority, then from the source served
-- longest ago, then the newest. Two workers never get the same frame.
create or replace function claim_recognitions(p_worker uuid, p_limit integer, p_lease interval)
  returns table (
    id uuid, organization_id uuid, source_id uuid, source_type text, external_id text, direction text, mode text,
    captured_at timestamptz, received_at timestamptz, late_arrival boolean, image_key text, image_content_type text,
    image_width integer, image_height integer, attempts smallint, correlation_id uuid, request_event_id uuid, system_config jsonb,
    gallery_versions jsonb
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
  -- Nobody needs to wait for the disk here: a claim lost in a crash is a request that is queued still.
  perform set_config('synchronous_commit', 'off', true);
  perform end_recognitions();
  select coalesce(array_agg(taken.id), '{}') into chosen from (
    select r.id from recognition_requests as r
    where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3
    order by r.claimed_until limit p_limit for update skip locked
  ) as taken;

  if cardinality(chosen) < p_limit then
    with recursive head as (
      -- A walk over the sources that have queued frames, one look-up in the queue's index each, however long their queues
      -- are: the first entry of a source is its best frame.
      (select r.source_id, r.priority, r.received_at from recognition_requests as r
       where r.status = 'queued' order by r.source_id, r.priority desc, r.received_at desc limit 1)
      union all
      select next.* from head cross join lateral (
        select r.source_id, r.priority, r.received_at from recognition_requests as r
        where r.status = 'queued' and r.source_id > head.source_id
        order by r.source_id, r.priority desc, r.received_at desc limit 1
      ) as next
    ), next_source as materialized (
      select s.id, s.last_claimed_at from head join sources as s on s.id = head.source_id
      -- More than can be needed: others may be taking the frames of the first ones at this moment.
      order by head.priority desc, s.last_claimed_at nulls first, head.received_at desc limit p_limit * 2 + 8
    ), candidate as materialized (
      select q.*, next_source.last_claimed_at,
             row_number() over (partition by next_source.id order by q.priority desc, q.received_at desc) as turn
      from next_source cross join lateral (
        select r.id, r.priority, r.received_at from recognition_requests as r
        where r.status = 'queued' and r.source_id = next_source.id
        order by r.priority desc, r.received_at desc limit p_limit + 8
      ) as q
    ), taken as (
      select r.id, c.priority, c.turn, c.last_claimed_at, c.received_at
      from candidate as c join recognition_requests as r on r.id = c.id
      -- Written so that no plan takes the whole queue's index for it.
      where r.status || '' = 'queued'
      order by c.priority desc, c.turn, c.last_claimed_at nulls first, c.received_at desc
      limit p_limit - cardinality(chosen) for update of r skip locked
    )
    select chosen || coalesce(array_agg(t.id order by t.priority desc, t.turn, t.last_claimed_at nulls first, t.received_at desc), '{}')
    into chosen from taken as t;
  end if;
  if cardinality(chosen) = 0 then
    return;
  end if;

  -- Who comes first among the others is a matter of fairness, not of correctness: nobody waits for a row here.
  update sources as s set last_claimed_at = clock_timestamp()
  where s.id in (
    select o.id from sources as o
    where o.id in (select r.source_id from recognition_requests as r where r.id = any (chosen))
    order by o.id for no key update skip locked
  );
  return query
    with claimed as (
      update recognition_requests as r
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = r.attempts + 1
      where r.id = any (chosen)
      returning r.*
    )
    select c.id, c.organization_id, c.source_id, s.source_type, s.external_id, s.direction, c.mode, c.captured_at, c.received_at, c.late_arrival,
      c.image_key, c.image_content_type, c.image_width, c.image_height, c.attempts, c.correlation_id, c.request_event_id, coalesce(f.body, '{}'),
      (select coalesce(jsonb_object_agg(g.model_id, g.version), '{}') from galleries as g where g.organization_id = c.organization_id)
    from claimed as c
    join sources as s on s.id = c.source_id
    left join system_configs as f on f.organization_id = c.organization_id
    order by array_position(chosen, c.id);
end
$$;
comment on function claim_recognitions(uuid, integer, interval) is 'Claims frames for p_lease: no other worker gets them meanwhile. gallery_versions: {model_id: version} now, so never older than when the frame was submitted.';
revoke execute on function claim_recognitions(uuid, integer, interval) from public;
grant execute on function claim_recognitions(uuid, integer, interval) to rollcall_system;
