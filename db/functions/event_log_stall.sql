-- Events are read below the oldest running transaction that has written (see read_events). One that stays open, in any
-- database of the cluster, holds all of them up: how long the first event has waited for it, and which one it is. Of its
-- statement the kind alone: no text, no parameters, and no name of another database's program.
create or replace function event_log_stall() returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    with waiting as (
      select extract(epoch from clock_timestamp() - event.recorded_at)::double precision as seconds
      from events as event
      where event.epoch = current_epoch() and event.xid >= pg_snapshot_xmin(pg_current_snapshot())
      order by event.epoch, event.xid, event.position
      limit 1
    ), holders as (
      select a.pid, age(a.backend_xid) as age, a.xact_start as since,
        case when a.datname = current_database() then left(a.application_name, 64) else 'another database' end as application,
        case
          when a.state like 'idle in transaction%' then 'idle'
          when lower(split_part(ltrim(a.query), ' ', 1)) in ('select', 'insert', 'update', 'delete', 'merge', 'copy', 'create', 'alter', 'drop', 'vacuum', 'call', 'do')
            then lower(split_part(ltrim(a.query), ' ', 1))
          else 'other'
        end as statement
      from pg_stat_activity as a
      where a.backend_xid is not null and a.pid <> pg_backend_pid()
      union all
      -- Prepared and forgotten: it has no process any more, and outlives a restart.
      select null, age(p.transaction), p.prepared, 'a prepared transaction', 'idle' from pg_prepared_xacts as p
    )
    select jsonb_build_object(
      'seconds', greatest(waiting.seconds, 0),
      'transaction', (
        select jsonb_build_object('pid', h.pid, 'application', h.application, 'since', h.since, 'statement', h.statement)
        from holders as h order by h.age desc limit 1))
    from waiting
  $$;
comment on function event_log_stall() is 'How long events have waited to be read for an older transaction, and which; null when none waits.';
revoke execute on function event_log_stall() from public;
grant execute on function event_log_stall() to rollcall_system;
