-- Writes warnings and errors of the services, each for the organization it is about. Bounded here too: a service that
-- floods or sends a book fills no table.
create or replace function write_system_logs(p_lines jsonb) returns integer
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    with written as (
      insert into system_logs (level, service, code, message, context, occurred_at, organization_id, worker_id, repeats)
      select l.level, left(l.service, 40), left(l.code, 80), left(l.message, 1000),
        case when octet_length(l.context::text) > 8000 then '{"cut": true}' else coalesce(l.context, '{}') end,
        coalesce(l.occurred_at, now()), coalesce(l.organization_id, '00000000-0000-0000-0000-000000000000'), l.worker_id, greatest(coalesce(l.repeats, 1), 1)
      from rows from (jsonb_to_recordset(p_lines) as (
        level text, service text, code text, message text, context jsonb, occurred_at timestamptz, organization_id uuid, worker_id uuid, repeats integer
      )) with ordinality as l (level, service, code, message, context, occurred_at, organization_id, worker_id, repeats, place)
      where l.place <= 200
      order by l.place
      returning 1
    )
    select count(*)::integer from written
  $$;
comment on function write_system_logs(jsonb) is 'Writes lines of the system log: [{level, service, code, message, context, occurred_at, organization_id, worker_id, repeats}], 200 at most.';
revoke execute on function write_system_logs(jsonb) from public;
grant execute on function write_system_logs(jsonb) to rollcall_gateway, rollcall_system;
