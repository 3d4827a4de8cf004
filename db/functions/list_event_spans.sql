-- What may hold events after a key, in the order of the log: a row for each partition and epoch, and the rest at the end.
create or replace function list_event_spans(p_after_epoch smallint, p_after_xid xid8)
  returns table (name text, epoch smallint, from_xid xid8, to_xid xid8)
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
    with parts as (
      select p.name, p.from_epoch, p.from_xid, p.to_epoch, p.to_xid from event_partitions p
      where p.dropped_at is null and (p.to_epoch, p.to_xid) > (p_after_epoch, p_after_xid)
      union all
      (select 'events_rest', coalesce(max(p.to_epoch), 0::smallint),
         coalesce((select q.to_xid from event_partitions q order by q.to_epoch desc, q.to_xid desc limit 1), '0'), 32767, '0'
       from event_partitions p)
    ), spans as (
      select parts.name, identity.epoch,
        case when parts.from_epoch = identity.epoch then parts.from_xid else '0' end as from_xid,
        case when parts.to_epoch = identity.epoch then parts.to_xid else '18446744073709551615' end as to_xid
      from parts join log_identity identity on identity.epoch between parts.from_epoch and parts.to_epoch
    )
    select spans.name, spans.epoch, spans.from_xid, spans.to_xid from spans
    where spans.to_xid > spans.from_xid and (spans.epoch, spans.to_xid) > (p_after_epoch, p_after_xid)
    order by spans.epoch, spans.from_xid
  $$;
comment on function list_event_spans(smallint, xid8) is 'Ranges of transaction ids within one epoch and one partition of events each, from the one that holds a key on.';
revoke execute on function list_event_spans(smallint, xid8) from public;
grant execute on function list_event_spans(smallint, xid8) to rollcall_gateway, rollcall_system;
