-- Sequence order is not commit order. All transactions below the snapshot's xmin have ended, so what is read below it
-- can get no predecessor any more; what is above waits for the next call. Earlier epochs have no running transactions.
-- STABLE: horizon and rows are of one snapshot.
create or replace function read_events(
  p_organization uuid,
  p_after_epoch smallint,
  p_after_xid xid8,
  p_after_position bigint,
  p_limit integer,
  p_types text[] default null,
  p_span bigint default 10000000
)
  returns table (
    epoch smallint, xid xid8, "position" bigint, id uuid, organization_id uuid, type text, version smallint, subject text,
    actor text, correlation_id uuid, causation_id uuid, payload jsonb, occurred_at timestamptz, recorded_at timestamptz,
    more boolean
  )
  language plpgsql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
declare
  present_epoch constant smallint := current_epoch();
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  -- With a filter a call looks at many rows for few: bounded, so that it always comes back soon.
  most_scanned constant integer := case when p_types is null then p_limit else greatest(p_limit, 1000) end;
  first_epoch smallint;
  first_xid xid8;
  below xid8;
begin
  -- Where the next event stands: spans without any are stepped over at once.
  select e.epoch, e.xid into first_epoch, first_xid
  from events e
  where e.organization_id = p_organization and (e.epoch, e.xid, e.position) > (p_after_epoch, p_after_xid, p_after_position)
  order by e.epoch, e.xid, e.position
  limit 1;
  -- Bounded above as well, so that partitions further on are not even looked at.
  below := (first_xid::text::numeric + p_span)::text::xid8;
  if first_epoch = present_epoch then
    below := least(below, horizon);
  end if;

  return query
  with scanned as materialized (
    select *
    from events e
    where e.organization_id = p_organization and e.epoch = first_epoch and e.xid >= first_xid and e.xid < below
      and (e.epoch, e.xid, e.position) > (p_after_epoch, p_after_xid, p_after_position)
    order by e.epoch, e.xid, e.position
    limit most_scanned
  ), page as materialized (
    select * from scanned where p_types is null or scanned.type = any (p_types)
    order by scanned.epoch, scanned.xid, scanned.position
    limit p_limit
  ), figures as (
    select (select count(*) from scanned) = most_scanned as scan_is_full,
           (select count(*) from page) = p_limit as page_is_full
  ), reached as (
    (select e.epoch, e.xid, e.position from page e, figures where figures.page_is_full
     order by e.epoch desc, e.xid desc, e.position desc limit 1)
    union all
    (select e.epoch, e.xid, e.position from scanned e, figures where not figures.page_is_full
     order by e.epoch desc, e.xid desc, e.position desc limit 1)
    union all
    select p_after_epoch, p_after_xid, p_after_position where not exists (select from scanned)
  ), answer as (
    select page.*, null::boolean as more from page
    union all
    select reached.epoch, reached.xid, reached.position, null, null, null, null, null, null, null, null, null, null, null,
           figures.page_is_full or figures.scan_is_full or coalesce(first_epoch < present_epoch or below < horizon, false)
    from reached, figures
  )
  select answer.epoch, answer.xid, answer.position, answer.id, answer.organization_id, answer.type, answer.version,
         answer.subject, answer.actor, answer.correlation_id, answer.causation_id, answer.payload, answer.occurred_at,
         answer.recorded_at, answer.more
  from answer
  order by answer.id is null, answer.epoch, answer.xid, answer.position;
end
$$;
comment on function read_events(uuid, smallint, xid8, bigint, integer, text[], bigint) is
  'Events after a key in commit order. The last row has no id: it says how far was read, which also moves over events of other types, and whether there is more now.';
revoke execute on function read_events(uuid, smallint, xid8, bigint, integer, text[], bigint) from public;
grant execute on function read_events(uuid, smallint, xid8, bigint, integer, text[], bigint) to rollcall_gateway, rollcall_system;
