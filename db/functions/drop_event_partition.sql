-- Drops the oldest partition of events, when nothing is lost by it: it is in the archive with as many events as it has, no
-- writer can add to it, and every projection has read what it reads of it. (A replay that begins in this very moment reads
-- the archive.) Answers 'dropped', or why not.
-- First all questions, without a lock that a reader or writer waits for (nobody writes to this partition) and without a transaction id that readers would wait for; then
-- the drop, which waits for readers and writers under way, for 200 ms at most; callers try again.
create or replace function drop_event_partition(p_name text, p_types text[], p_projections text[]) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  set lock_timeout = '200ms'
  as $$
declare
  part event_partitions;
  ends jsonb;
begin
  perform pg_advisory_xact_lock(hashtext('rollcall drop_event_partition'));
  select * into part from event_partitions p where p.name = p_name;
  if part.dropped_at is not null then
    return 'dropped';
  end if;
  if part.archived_at is null then
    return 'not_archived';
  end if;
  if exists (
    select from event_partitions p where p.dropped_at is null and (p.from_epoch, p.from_xid) < (part.from_epoch, part.from_xid)
  ) then
    return 'not_oldest';
  end if;
  if (part.to_epoch, part.to_xid) > (current_epoch(), pg_snapshot_xmin(pg_current_snapshot())) then
    return 'open';
  end if;
  -- From here to the end nobody changes a row of it: what is counted is what is dropped. Its readers go on.
  execute format('lock table event_log.%I in share mode', p_name);
  -- Through the partition itself: its name is a row of ours.
  execute format(
    'select coalesce(jsonb_agg(e), ''[]'') from (
       select distinct on (organization_id) organization_id, epoch, xid::text, position::text, count(*) over (partition by organization_id) as event_count
       from event_log.%I order by organization_id, epoch desc, xid desc, position desc
     ) e', p_name) into ends;
  if (select coalesce(sum((e ->> 'event_count')::bigint), 0) from jsonb_array_elements(ends) e) <> part.event_count then
    return 'changed';
  end if;
  if has_unread_events(p_name, p_types, p_projections) then
    return 'unread';
  end if;

  -- First, as make_event_partition does: to wait for it with the log in hand would let nobody read or write meanwhile, and
  -- the other could be waiting for the log.
  lock table event_partitions in row exclusive mode;
  execute format('alter table events detach partition event_log.%I', p_name);
  execute format('drop table event_log.%I', p_name);
  insert into event_archive_ends as held (organization_id, epoch, xid, position, event_count)
  select organization_id, epoch, xid, position, event_count
  from jsonb_to_recordset(ends) as e (organization_id uuid, epoch smallint, xid xid8, position bigint, event_count bigint)
  on conflict (organization_id) do update
    set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position,
      event_count = held.event_count + excluded.event_count, updated_at = now();
  update event_partitions set dropped_at = now() where name = p_name;
  return 'dropped';
end
$$;
comment on function drop_event_partition(text, text[], text[]) is
  'Drops an archived partition of events: dropped, not_archived, not_oldest, open, changed (not what was archived), unread.';
revoke execute on function drop_event_partition(text, text[], text[]) from public;
grant execute on function drop_event_partition(text, text[], text[]) to rollcall_system;
