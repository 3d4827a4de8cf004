-- How many frames wait for a face worker, by organization, the longest queues first. Counts no further than p_most in all:
-- whoever asks wants to know whether there are as many.
create or replace function waiting_frames(p_most integer) returns table (organization_id uuid, waiting bigint)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select q.organization_id, count(*) as waiting
    from (select r.organization_id from recognition_requests as r where r.status = 'queued' limit p_most) as q
    group by q.organization_id
    order by count(*) desc
  $$;
comment on function waiting_frames(integer) is 'Frames that wait for a face worker, by organization; counts up to a number in all.';
revoke execute on function waiting_frames(integer) from public;
grant execute on function waiting_frames(integer) to rollcall_gateway;
