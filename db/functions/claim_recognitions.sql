-- Gives a worker up to p_limit frames. Two workers never get the same frame. In this order:
-- 1. frames to be tried again, whose worker was lost or whose pause is over, as half of the frames at most while others wait:
--    a source whose images end their processes must not stop everybody else's;
-- 2. by priority (a kiosk, before which somebody stands, before a camera);
-- 3. from the organization, then from its source, served longest ago: in turns, so that who sends much delays nobody who
--    sends little;
-- 4. the newest of a source.
-- A frame whose time is over is never given, also when there are more of them than end_recognitions ends at once: they may stand
-- before others of their source until then. (They are mostly the oldest ones, which come last.)
-- Every fourth claim leaves 1. and 2. out: whoever waits is served some day, however much comes before.
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
  for_everybody boolean;
  organizations integer := 0;
begin
  if p_limit <= 0 then
    return;
  end if;
  -- Nobody needs to wait for the disk here: a claim lost in a crash is a request that is queued still. Not so what was
  -- written before in this transaction, as when registrations, claimed first, ended some with their events.
  if pg_current_xact_id_if_assigned() is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  for_everybody := nextval('claim_counter') % 4 = 0;
  perform end_recognitions();
  select coalesce(array_agg(taken.id), '{}') into chosen from (
    select r.id from recognition_requests as r
    where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3 and not for_everybody
      and (r.expires_at is null or r.expires_at >= now())
    order by r.claimed_until limit (p_limit + 1) / 2 for update skip locked
  ) as taken;

  if cardinality(chosen) < p_limit then
    with recursive head as (
      -- A walk over the sources that have queued frames, one look-up in the queue's index each, however long their queues
      -- are: the first entry of a source is its best frame.
      (select r.source_id, r.priority, r.received_at, r.expires_at from recognition_requests as r
       where r.status = 'queued' order by r.source_id, r.priority desc, r.received_at desc limit 1)
      union all
      select next.* from head cross join lateral (
        select r.source_id, r.priority, r.received_at, r.expires_at from recognition_requests as r
        where r.status = 'queued' and r.source_id > head.source_id
        order by r.source_id, r.priority desc, r.received_at desc limit 1
      ) as next
    ), waiting as materialized (
      select s.id, s.organization_id, s.last_claimed_at, head.received_at, coalesce(head.expires_at < now(), false) as late,
        case when for_everybody then 0 else head.priority end as priority
      from head join sources as s on s.id = head.source_id
    ), next_source as materialized (
      select w.id, w.organization_id, w.last_claimed_at, t.last_claimed_at as organization_claimed_at
      from waiting as w left join claim_turns as t on t.organization_id = w.organization_id
      -- More than can be needed: others may be taking the frames of the first ones at this moment.
      -- A source whose best frame is too late comes last: it may have others, but most of its kind have none.
      order by w.late, w.priority desc,
        row_number() over (partition by w.organization_id, w.late, w.priority order by w.last_claimed_at nulls first, w.received_at desc),
        t.last_claimed_at nulls first, w.received_at desc
      limit p_limit * 2 + 8
    ), candidate as materialized (
      select q.id, q.received_at, s.organization_claimed_at, s.last_claimed_at, s.organization_id, q.priority,
        row_number() over (partition by s.id order by q.place) as turn
      from next_source as s cross join lateral (
        select r.id, r.received_at, r.expires_at, case when for_everybody then 0 else r.priority end as priority,
          row_number() over (order by r.priority desc, r.received_at desc) as place
        from recognition_requests as r
        where r.status = 'queued' and r.source_id = s.id
        order by r.priority desc, r.received_at desc limit p_limit + 8
      ) as q
      -- Behind the limit: a queue of late frames is not read to its end for the first that is not.
      where q.expires_at is null or q.expires_at >= now()
    ), ranked as materialized (
      select c.*, row_number() over (
        partition by c.organization_id, c.priority order by c.turn, c.last_claimed_at nulls first, c.received_at desc) as organization_turn
      from candidate as c
    ), taken as (
      select r.id, c.priority, c.organization_turn, c.organization_claimed_at, c.received_at
      from ranked as c join recognition_requests as r on r.id = c.id
      -- Written so that no plan takes the whole queue's index for it.
      where r.status || '' = 'queued'
      order by c.priority desc, c.organization_turn, c.organization_claimed_at nulls first, c.received_at desc
      limit p_limit - cardinality(chosen) for update of r skip locked
    )
    select chosen || coalesce(array_agg(t.id order by t.priority desc, t.organization_turn, t.organization_claimed_at nulls first, t.received_at desc), '{}'),
      (select count(distinct w.organization_id) from waiting as w)
    into chosen, organizations from taken as t;
  end if;
  if cardinality(chosen) < p_limit then
    -- Nobody else waits for the room that is left.
    select chosen || coalesce(array_agg(taken.id), '{}') into chosen from (
      select r.id from recognition_requests as r
      where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3 and r.id <> all (chosen)
        and (r.expires_at is null or r.expires_at >= now())
      order by r.claimed_until limit p_limit - cardinality(chosen) for update skip locked
    ) as taken;
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
  if organizations > 1 then
    insert into claim_turns (organization_id, last_claimed_at)
    -- Sorted: two workers that serve the same new organizations wait for each other instead of locking each other out.
    select fresh.organization_id, clock_timestamp()
    from (
      select distinct r.organization_id from recognition_requests as r
      where r.id = any (chosen) and not exists (select from claim_turns as t where t.organization_id = r.organization_id)
    ) as fresh
    order by fresh.organization_id
    on conflict do nothing;
    update claim_turns as t set last_claimed_at = clock_timestamp()
    where t.organization_id in (
      select o.organization_id from claim_turns as o
      where o.organization_id in (select r.organization_id from recognition_requests as r where r.id = any (chosen))
      order by o.organization_id for no key update skip locked
    );
  end if;
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
