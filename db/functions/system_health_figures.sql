-- What the database knows of how the installation fares, for the transaction's organization: its own figures in full, those
-- of the whole installation as counts and ages only. Without an organization the own figures are empty.
create or replace function system_health_figures(p_silent_seconds double precision) returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select jsonb_build_object(
      'database', (
        select jsonb_build_object(
          'version', current_setting('server_version'),
          'connections', (select count(*) from pg_stat_activity as a where a.datname = current_database()),
          'max_connections', current_setting('max_connections')::integer,
          'size_bytes', pg_database_size(current_database()))),
      -- Readers of the event log wait for the oldest transaction that has written, in any database of the cluster.
      'oldest_transaction', (
        select jsonb_build_object(
          'pid', a.pid,
          'application', case when a.datname = current_database() then a.application_name else 'another database' end,
          -- Null when this role may not see it: the set-up could not grant pg_read_all_stats.
          'age_seconds', extract(epoch from clock_timestamp() - a.xact_start),
          'holds_feed', a.backend_xid is not null)
        from pg_stat_activity as a
        where (a.backend_xid is not null or a.xact_start is not null) and a.pid <> pg_backend_pid()
          and a.datid is not null and coalesce(a.backend_type, '') not in ('autovacuum worker', 'walsender')
        order by a.xact_start nulls last, age(a.backend_xid) desc limit 1),
      'event_log_stall', event_log_stall(),
      'models', (
        select coalesce(jsonb_agg(jsonb_build_object('model_id', m.id, 'dimension', m.dimension, 'synthetic', m.is_synthetic) order by m.first_used_at), '[]')
        from face_models as m),
      'processes', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'worker_id', w.worker_id, 'kind', w.kind, 'started_at', w.started_at,
          'silent_seconds', greatest(0, extract(epoch from clock_timestamp() - w.beat_at)),
          'alive', w.beat_at > clock_timestamp() - p_silent_seconds * interval '1 second',
          'gallery_version', w.figures -> 'gallery_versions' -> current_organization_id()::text,
          'figures', w.figures - '{gallery_versions,gallery_digests}'::text[]) order by w.started_at, w.worker_id), '[]')
        from worker_heartbeats as w),
      'galleries', (
        select coalesce(jsonb_agg(jsonb_build_object('model_id', g.model_id, 'version', g.version, 'faces', g.face_count) order by g.model_id), '[]')
        from galleries as g where g.organization_id = current_organization_id()),
      'queue', (
        select jsonb_object_agg(q.kind, jsonb_build_object(
          'queued', q.queued, 'processing', q.processing, 'oldest_seconds', q.oldest_seconds,
          'installation_queued', q.installation_queued, 'installation_processing', q.installation_processing, 'installation_oldest_seconds', q.installation_oldest_seconds))
        from (
          select 'recognition' as kind,
            count(*) filter (where r.status = 'queued' and r.organization_id = current_organization_id()) as queued,
            count(*) filter (where r.status = 'processing' and r.organization_id = current_organization_id()) as processing,
            extract(epoch from clock_timestamp() - min(r.waits_since) filter (where r.organization_id = current_organization_id())) as oldest_seconds,
            count(*) filter (where r.status = 'queued') as installation_queued,
            count(*) filter (where r.status = 'processing') as installation_processing,
            extract(epoch from clock_timestamp() - min(r.waits_since)) as installation_oldest_seconds
          from (
            -- One that was put into the queue again waits since then.
            select status, organization_id, greatest(received_at, requeued_at) as waits_since from recognition_requests where status = 'queued'
            union all select status, organization_id, greatest(received_at, requeued_at) from recognition_requests where status = 'processing') as r
          union all
          select 'registration',
            count(*) filter (where r.status = 'queued' and r.organization_id = current_organization_id()),
            count(*) filter (where r.status = 'processing' and r.organization_id = current_organization_id()),
            extract(epoch from clock_timestamp() - min(r.created_at) filter (where r.organization_id = current_organization_id())),
            count(*) filter (where r.status = 'queued'),
            count(*) filter (where r.status = 'processing'),
            extract(epoch from clock_timestamp() - min(r.created_at))
          from (
            select status, organization_id, created_at from registration_requests where status = 'queued'
            union all select status, organization_id, created_at from registration_requests where status = 'processing') as r
        ) as q),
      'projections', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'projection', c.projection, 'checkpoint_at', c.updated_at,
          'lease_holder', l.holder, 'leased_until', l.leased_until,
          'stopped', case when s.event_id is not null and (s.epoch, s.xid, s.position) > (c.epoch, c.xid, c.position) then jsonb_build_object(
            'event_id', s.event_id, 'event_type', s.event_type, 'reason', s.reason, 'since', s.stopped_at) end) order by c.projection), '[]')
        from (
          select p.projection, p.organization_id, p.epoch, p.xid, p.position, p.updated_at from projection_checkpoints as p
          -- One that stands still before its first event has no checkpoint yet.
          union all
          select b.projection, b.organization_id, 0::smallint, '0'::xid8, 0, b.stopped_at from projection_stops as b where b.from_epoch is null
            and not exists (select from projection_checkpoints as p where p.projection = b.projection and p.organization_id = b.organization_id)
        ) as c
        left join projection_stops as s on s.projection = c.projection and s.organization_id = c.organization_id
        left join projection_leases as l on l.projection = c.projection and l.organization_id = c.organization_id and l.leased_until > now()
        where c.organization_id = current_organization_id()),
      'notifications', (
        select jsonb_build_object(
          'last_24_hours', count(*), 'critical_last_24_hours', count(*) filter (where n.severity = 'critical'), 'newest_at', max(n.created_at))
        from notifications as n
        where n.organization_id = current_organization_id() and n.created_at > now() - interval '24 hours'),
      'event_feed', (
        select jsonb_build_object(
          'epoch', current_epoch(),
          'last_event_at', (
            -- As a range: see read_events.
            select e.recorded_at from events as e
            where e.organization_id >= current_organization_id() and e.organization_id <= current_organization_id()
            order by e.organization_id desc, e.epoch desc, e.xid desc, e.position desc limit 1),
          -- Committed, and yet not to be read while an older transaction runs.
          'unreadable', count(*),
          'oldest_unreadable_seconds', extract(epoch from clock_timestamp() - min(w.recorded_at)))
        from (
          select e.recorded_at from events as e
          where e.organization_id = current_organization_id() and e.epoch = current_epoch() and e.xid >= pg_snapshot_xmin(pg_current_snapshot())
          limit 1000) as w),
      'ledger_gap', (
        select jsonb_build_object('undecided_seconds', g.undecided_seconds, 'unprojected_seconds', g.unprojected_seconds)
        from installation_ledger_gap() as g),
      'object_deletions', (
        select jsonb_build_object(
          'waiting', count(*), 'failing', count(*) filter (where d.attempts > 0),
          'oldest_seconds', extract(epoch from clock_timestamp() - min(d.requested_at)))
        from object_deletions as d),
      'system_log', (
        select jsonb_build_object(
          'warnings_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'warn'), 0),
          'errors_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'error'), 0),
          'fatal_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'fatal'), 0))
        from system_logs as s
        where s.occurred_at > now() - interval '1 hour' and s.organization_id in (current_organization_id(), '00000000-0000-0000-0000-000000000000')))
  $$;
comment on function system_health_figures(double precision) is 'Figures for GET /v1/admin/system-health and /metrics: the transaction''s organization in full, the installation in counts and ages.';
revoke execute on function system_health_figures(double precision) from public;
grant execute on function system_health_figures(double precision) to rollcall_gateway;
