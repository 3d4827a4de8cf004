-- Sources that frames name for the first time, each with its event. For submit_recognitions, whose items these are.
create or replace function discover_sources(p_items jsonb) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  discovered jsonb;
begin
  with item as (
    select i.* from jsonb_to_recordset(p_items) as i (
      organization_id uuid, source_type text, source_id text, source_uuid uuid, requested_by text, correlation_id uuid, received_at timestamptz)
  ), new_source as (
    insert into sources (id, organization_id, source_type, external_id)
    select distinct on (i.organization_id, i.source_type, i.source_id) i.source_uuid, i.organization_id, i.source_type, i.source_id
    from item as i
    order by i.organization_id, i.source_type, i.source_id
    on conflict (organization_id, source_type, external_id) do nothing
    returning id
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', i.organization_id, 'id', gen_random_uuid(), 'type', 'source.discovered', 'subject', 'sources/' || d.id,
      'actor', i.requested_by, 'correlation_id', i.correlation_id, 'occurred_at', i.received_at,
      'payload', jsonb_build_object('source_id', d.id, 'source_type', i.source_type)))
  into discovered
  from new_source as d join item as i on i.source_uuid = d.id;
  perform insert_events(coalesce(discovered, '[]'));
end
$$;
comment on function discover_sources(jsonb) is 'Adds the sources that items name, unless they are there, and says so in the log.';
revoke execute on function discover_sources(jsonb) from public;
