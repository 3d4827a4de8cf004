-- Called at every start, before any service. Keys of events are comparable only within one run of transaction ids:
-- a new epoch begins when the log was restored into another cluster, when this cluster was restored to an earlier moment
-- (its timeline changed), and when the newest event is younger than any transaction there has been here.
create or replace function ensure_epoch(out epoch smallint, out started boolean)
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  here record;
  newest log_identity;
  newest_xid xid8;
begin
  select system_identifier, null::integer as timeline into here from pg_control_system();
  begin
    -- The timeline that is written on now, the first eight digits of the present file of the write-ahead log. The control
    -- file's is that of the last checkpoint: after a fail-over the old one for minutes.
    here.timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer;
  exception when object_not_in_prerequisite_state or feature_not_supported then
    -- Servers that are not quite PostgreSQL keep their log elsewhere.
    select timeline_id into here.timeline from pg_control_checkpoint();
  end;
  -- The second time under the lock, if a new epoch seems due: another process may have begun it meanwhile, and
  -- whoever writes into the present one (see hold_epoch) must have ended.
  for locked in 0..1 loop
    if locked = 1 then
      lock table log_identity in exclusive mode;
    end if;
    select * into newest from log_identity identity order by identity.epoch desc limit 1;
    select known.xid into newest_xid from (
      (select event.xid from events event where event.epoch = newest.epoch order by event.xid desc limit 1)
      union all
      (select archived.xid from event_archive_ends archived where archived.epoch = newest.epoch order by archived.xid desc limit 1)
    ) known order by known.xid desc limit 1;
    started := newest.epoch is null
      or newest.system_identifier <> here.system_identifier
      or newest.timeline <> here.timeline
      or coalesce(newest_xid >= pg_snapshot_xmax(pg_current_snapshot()), false);
    exit when not started;
  end loop;

  if started then
    insert into log_identity (epoch, system_identifier, timeline)
    values (coalesce(newest.epoch, 0) + 1, here.system_identifier, here.timeline)
    returning log_identity.epoch into epoch;
  else
    epoch := newest.epoch;
  end if;
end
$$;
comment on function ensure_epoch() is 'Begins a new epoch of the event log if this database was restored; returns the present one.';
revoke execute on function ensure_epoch() from public;
