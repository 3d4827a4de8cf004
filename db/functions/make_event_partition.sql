-- Makes the next partition of events if one is due: called again and again, so that there always are some ahead. Ahead, a
-- partition is made as a table and attached: that waits for nobody who writes and lets everybody write. Where the log has
-- outrun its partitions (a new epoch, a jump of the transaction ids) events are in the rest; no writer may be under way then,
-- since one that had looked up the rest before would be refused. The rest itself becomes the partition: no row moves, so
-- that no reader's snapshot can miss one. It waits for half a second at most; callers try again.
create or replace function make_event_partition(
  p_events bigint default 2000000,
  p_ahead integer default 2,
  p_span bigint default null,
  out made text,
  out from_rest boolean
)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  set lock_timeout = '500ms'
  as $$
declare
  -- Transaction ids that are not used up while a partition is attached.
  margin constant bigint := least(1000000, p_span);
  present constant smallint := current_epoch();
  next_xid numeric;
  newest event_partitions;
  due boolean;
  below numeric;
begin
  from_rest := false;
  if present is null then
    return;
  end if;
  lock table event_partitions in share row exclusive mode;
  select * into newest from event_partitions order by to_epoch desc, to_xid desc limit 1;
  next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
  from_rest := newest.name is null
    or (newest.to_epoch, newest.to_xid::text::numeric) < (present, next_xid + margin)
    or exists (select from event_log.events_rest);
  due := from_rest or (
    select count(*) < p_ahead from event_partitions p where (p.from_epoch, p.from_xid::text::numeric) > (present, next_xid)
  );
  if not due then
    return;
  end if;
  if from_rest then
    -- No writer, see hold_epoch().
    lock table log_identity in exclusive mode;
    next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
    from_rest := exists (select from event_log.events_rest);
  end if;

  below := greatest(next_xid, case when newest.to_epoch = present then newest.to_xid::text::numeric end)
    + coalesce(p_span, choose_event_span(p_events));
  made := format('events_%s_%s', coalesce(newest.to_epoch, 0), coalesce(newest.to_xid::text, '0'));
  if from_rest then
    alter table events detach partition event_log.events_rest;
    execute format('alter table event_log.events_rest rename to %I', made);
  else
    execute format('create table event_log.%I (like events including defaults including constraints)', made);
    perform separate_organizations(format('event_log.%I', made)::regclass);
  end if;
  execute format('alter table events attach partition event_log.%I for values from (%s, %s) to (%s, %L)', made,
    coalesce(newest.to_epoch::text, 'minvalue'), coalesce(quote_literal(newest.to_xid::text), 'minvalue'), present, below);
  if from_rest then
    create table event_log.events_rest (like events including defaults including constraints);
    perform separate_organizations('event_log.events_rest');
    alter table events attach partition event_log.events_rest default;
  end if;
  insert into event_partitions (name, from_epoch, from_xid, to_epoch, to_xid)
  values (made, coalesce(newest.to_epoch, 0), coalesce(newest.to_xid, '0'), present, below::text::xid8);
end
$$;
comment on function make_event_partition(bigint, integer, bigint) is
  'Makes the next partition of events if fewer than p_ahead are ahead; made is null when none is due. p_span: its transaction ids, chosen by choose_event_span() when null.';
revoke execute on function make_event_partition(bigint, integer, bigint) from public;
grant execute on function make_event_partition(bigint, integer, bigint) to rollcall_system;
