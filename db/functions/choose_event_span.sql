-- How many transaction ids the next partition spans: as many as p_events events take, but no more than a month does, by what
-- the newest 100,000 events show. Positions are counted, not rows.
create or replace function choose_event_span(p_events bigint) returns bigint
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
    with newest as (
      select epoch, xid::text::numeric as xid, position, recorded_at from events order by events.epoch desc, events.xid desc, events.position desc limit 1
    ), earlier as (
      select e.xid::text::numeric as xid, e.position, e.recorded_at from newest
      cross join lateral (
        select * from events e where e.epoch = newest.epoch and e.position <= newest.position - 100000
        order by e.epoch desc, e.xid desc, e.position desc limit 1
      ) e
    )
    select coalesce((
      select least(greatest(least(
        p_events * (newest.xid - earlier.xid) / greatest(newest.position - earlier.position, 1),
        30 * 86400 * (newest.xid - earlier.xid) / greatest(extract(epoch from newest.recorded_at - earlier.recorded_at), 1)
      ), 2000000), 1000000000)::bigint
      from newest, earlier
    ), 10000000)
  $$;
comment on function choose_event_span(bigint) is 'Transaction ids of a partition that takes about p_events events, and not much more than a month.';
revoke execute on function choose_event_span(bigint) from public;
