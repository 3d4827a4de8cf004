-- The system log as the transaction's organization may read it, newest first: its own lines, and those of the installation.
-- A line of the installation may name in its context what belongs to another organization: where there are several, it is
-- told without.
create or replace function list_system_logs(p_levels text[], p_services text[], p_from timestamptz, p_to timestamptz, p_before bigint, p_limit integer)
  returns table (id bigint, level text, service text, code text, message text, context jsonb, occurred_at timestamptz, of_installation boolean, repeats integer, worker_id uuid)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select l.id, l.level, l.service, l.code, l.message,
      case when l.organization_id <> current_organization_id() and (select count(*) from organizations) > 1 then '{}' else l.context end,
      l.occurred_at, l.organization_id <> current_organization_id(), l.repeats, l.worker_id
    from system_logs as l
    where l.organization_id in (current_organization_id(), case when current_organization_id() is not null then '00000000-0000-0000-0000-000000000000'::uuid end)
      and (p_levels is null or l.level = any (p_levels))
      and (p_services is null or l.service = any (p_services))
      and (p_from is null or l.occurred_at >= p_from) and (p_to is null or l.occurred_at < p_to)
      and (p_before is null or l.id < p_before)
    order by l.id desc
    limit least(p_limit, 201)
  $$;
comment on function list_system_logs(text[], text[], timestamptz, timestamptz, bigint, integer) is 'Lines of the transaction''s organization and of the installation, newest first; the installation''s without context where there are several organizations.';
revoke execute on function list_system_logs(text[], text[], timestamptz, timestamptz, bigint, integer) from public;
grant execute on function list_system_logs(text[], text[], timestamptz, timestamptz, bigint, integer) to rollcall_gateway;
