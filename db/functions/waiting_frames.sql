-- How many frames wait for a face worker, by organization, the longest queues first. Counts no further than p_most of each
-- source: whoever asks wants to know whether there are as many. Nobody is left out, however much others send: who is not
-- counted would be let in for ever.
create or replace function waiting_frames(p_most integer) returns table (organization_id uuid, waiting bigint)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  -- Look-ups by index only, as when frames are claimed: a walk over the sources that have queued frames.
  set enable_seqscan = off
  set enable_bitmapscan = off
  as $$
    with recursive head as (
      (select r.source_id from recognition_requests as r where r.status = 'queued' order by r.source_id limit 1)
      union all
      select next.source_id from head cross join lateral (
        select r.source_id from recognition_requests as r
        where r.status = 'queued' and r.source_id > head.source_id order by r.source_id limit 1
      ) as next
    )
    select s.organization_id, sum(queue.waiting)::bigint as waiting
    from head join sources as s on s.id = head.source_id
    cross join lateral (
      select count(*) as waiting from (
        select from recognition_requests as r where r.status = 'queued' and r.source_id = head.source_id limit p_most
      ) as q
    ) as queue
    group by s.organization_id
    order by sum(queue.waiting) desc
  $$;
comment on function waiting_frames(integer) is 'Frames that wait for a face worker, by organization; counts up to a number of each source.';
revoke execute on function waiting_frames(integer) from public;
grant execute on function waiting_frames(integer) to rollcall_gateway;
