-- Sequence order is not commit order. All transactions below the snapshot's xmin have ended, so what is read below it
-- can get no predecessor any more; what is above waits for the next call. Earlier epochs have no running transactions.
-- STABLE: horizon and rows are of one snapshot. A call reads one partition of one epoch, by bounds that let Postgres leave
-- the others alone: a page costs the same however many there are. The organization is compared as a range and sorted by, so
-- that no index but the one that begins with it will do: who has few events among millions of others is read as fast.
create or replace function read_events(
  p_organization uuid,
  p_after_epoch smallint,
  p_after_xid xid8,
  p_after_position bigint,
  p_limit integer,
  p_types text[] default null
)
  returns table (
    epoch smallint, xid xid8, "position" bigint, id uuid, organization_id uuid, type text, version smallint, subject text,
    actor text, correlation_id uuid, causation_id uuid, payload jsonb, occurred_at timestamptz, recorded_at timestamptz,
    more boolean
  )
  language plpgsql stable
  set search_path = pg_catalog, public, pg_temp
  -- Planned once: which partition is read is found out when it runs, planning anew would cost more than the page.
  set plan_cache_mode = force_generic_plan
  as $$
#variable_conflict use_column
declare
  present_epoch constant smallint := current_epoch();
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  -- With a filter a call looks at many rows for few: bounded, so that it always comes back soon.
  most_scanned constant integer := case when p_types is null then p_limit else greatest(p_limit, 1000) end;
  part record;
  first_xid xid8;
  below xid8;
begin
  if exists (
    select from event_archive_ends a
    where a.organization_id = p_organization and (a.epoch, a.xid, a.position) > (p_after_epoch, p_after_xid, p_after_position)
  ) then
    raise exception 'events after this place are in the archive only' using errcode = 'RC410';
  end if;
  -- Where the next event stands: partitions without any are stepped over at once.
  for part in
    select p.name, p.epoch, p.from_xid, p.to_xid from list_event_spans(p_after_epoch, p_after_xid) p
    where p.epoch < present_epoch or p.from_xid < horizon
  loop
    select e.xid into first_xid
    from events e
    where (e.organization_id, e.epoch, e.xid, e.position) > (p_organization, p_after_epoch, p_after_xid, p_after_position)
      and e.organization_id <= p_organization and e.epoch = part.epoch and e.xid >= part.from_xid and e.xid < part.to_xid
    order by e.organization_id, e.epoch, e.xid, e.position
    limit 1;
    -- The catalog is of now, the rows are of the snapshot: one that was dropped between the two must not look like none.
    if to_regclass('event_log.' || part.name) is null then
      raise exception 'events after this place were dropped at this moment' using errcode = 'RC410';
    end if;
    exit when first_xid is not null;
  end loop;
  if first_xid is null then
    return query select p_after_epoch, p_after_xid, p_after_position, null::uuid, null::uuid, null, null::smallint, null, null,
      null::uuid, null::uuid, null::jsonb, null::timestamptz, null::timestamptz, false;
    return;
  end if;
  below := part.to_xid;
  if part.epoch = present_epoch then
    below := least(below, horizon);
  end if;

  return query
  with scanned as materialized (
    select *
    from events e
    where (e.organization_id, e.epoch, e.xid, e.position) > (p_organization, p_after_epoch, p_after_xid, p_after_position)
      and e.organization_id <= p_organization and e.epoch = part.epoch and e.xid >= first_xid and e.xid < below
    order by e.organization_id, e.epoch, e.xid, e.position
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
           figures.page_is_full or figures.scan_is_full
             or part.epoch < present_epoch or below < horizon
    from reached, figures
  )
  select answer.epoch, answer.xid, answer.position, answer.id, answer.organization_id, answer.type, answer.version,
         answer.subject, answer.actor, answer.correlation_id, answer.causation_id, answer.payload, answer.occurred_at,
         answer.recorded_at, answer.more
  from answer
  order by answer.id is null, answer.epoch, answer.xid, answer.position;
end
$$;
comment on function read_events(uuid, smallint, xid8, bigint, integer, text[]) is
  'Events after a key in commit order. The last row has no id: it says how far was read, which also moves over events of other types, and whether there is more now. RC410: what comes next is in the archive only.';
revoke execute on function read_events(uuid, smallint, xid8, bigint, integer, text[]) from public;
grant execute on function read_events(uuid, smallint, xid8, bigint, integer, text[]) to rollcall_gateway, rollcall_system;
