-- Takes in a group of frames, of any organizations, in one statement: sources seen for the first time, idempotency
-- keys, requests and events, and one ring. Answers an array in the order of the items:
-- {status: created | replayed | conflict | unknown_source | source_inactive, id, source_id, request: {status}}.
create or replace function submit_recognitions(p_items jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  discovered jsonb;
  answers jsonb;
  announced jsonb;
begin
  if exists (
    select 1 from jsonb_to_recordset(p_items) as i (organization_id uuid, source_type text, source_id text, may_create_source boolean)
    where i.may_create_source and not exists (
      select 1 from sources as s
      where s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id)
  ) then
    with item as (
      select i.* from jsonb_to_recordset(p_items) as i (
        organization_id uuid, source_type text, source_id text, source_uuid uuid, may_create_source boolean,
        requested_by text, correlation_id uuid, received_at timestamptz)
    ), new_source as (
      insert into sources (id, organization_id, source_type, external_id)
      select distinct on (i.organization_id, i.source_type, i.source_id) i.source_uuid, i.organization_id, i.source_type, i.source_id
      from item as i where i.may_create_source
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
  end if;

  -- Sorted, so that two groups with the same keys wait for each other instead of locking each other out.
  insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id)
  select distinct on (i.organization_id, i.principal, i.route, i.idempotency_key)
    i.organization_id, i.principal, i.route, i.idempotency_key, decode(i.body_hash, 'hex'), i.id
  from rows from (jsonb_to_recordset(p_items) as (
      id uuid, organization_id uuid, principal text, route text, idempotency_key text, body_hash text, source_type text, source_id text
    )) with ordinality as i
  join sources as s on s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id and s.is_active
  where i.idempotency_key is not null
  order by i.organization_id, i.principal, i.route, i.idempotency_key, i.ordinality
  on conflict do nothing;

  -- A key that was used answers for itself, whatever has become of the source since.
  select jsonb_agg(jsonb_build_object(
      'status', case
        when k.request_id <> i.id and k.body_hash = decode(i.body_hash, 'hex') then 'replayed'
        when k.request_id <> i.id then 'conflict'
        when s.id is null then 'unknown_source'
        when not s.is_active then 'source_inactive'
        else 'created' end,
      'id', coalesce(k.request_id, i.id),
      'source_id', s.id
    ) order by i.ordinality)
  into answers
  from rows from (jsonb_to_recordset(p_items) as (
      id uuid, organization_id uuid, principal text, route text, idempotency_key text, body_hash text, source_type text, source_id text
    )) with ordinality as i
  left join sources as s on s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id
  left join idempotency_keys as k on i.idempotency_key is not null and k.organization_id = i.organization_id
    and k.principal = i.principal and k.route = i.route and k.key = i.idempotency_key;

  with item as (
    select i.*, (a.answer ->> 'source_id')::uuid as source_row
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, event_id uuid, captured_at timestamptz, received_at timestamptz, late_arrival boolean, mode text,
        priority smallint, expires_at timestamptz, requested_by text, correlation_id uuid, image jsonb
      )) with ordinality as i
    join jsonb_array_elements(answers) with ordinality as a (answer, ordinality) using (ordinality)
    where a.answer ->> 'status' = 'created'
  ), requested as (
    insert into recognition_requests (
      id, organization_id, source_id, priority, mode, captured_at, received_at, expires_at, late_arrival, requested_by, correlation_id,
      request_event_id, image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
    select i.id, i.organization_id, i.source_row, coalesce(i.priority, 0::smallint), coalesce(i.mode, s.capture_mode), i.captured_at, i.received_at, i.expires_at,
      coalesce(i.late_arrival, false), i.requested_by, i.correlation_id, i.event_id,
      i.image ->> 'object_key', decode(i.image ->> 'sha256', 'hex'), i.image ->> 'content_type', (i.image ->> 'byte_size')::integer,
      (i.image ->> 'width')::integer, (i.image ->> 'height')::integer
    from item as i join sources as s on s.id = i.source_row
    returning id, mode
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', i.organization_id, 'id', i.event_id, 'type', 'recognition.requested', 'subject', 'recognitions/' || i.id,
      'actor', i.requested_by, 'correlation_id', i.correlation_id, 'occurred_at', i.received_at,
      'payload', jsonb_build_object('recognition_id', i.id, 'source_id', i.source_row, 'captured_at', i.captured_at, 'mode', r.mode)) order by i.ordinality)
  into announced
  from item as i join requested as r on r.id = i.id;
  if announced is not null then
    perform insert_events(announced);
    perform pg_notify('rollcall_requests', '');
  end if;

  return (
    select jsonb_agg(a.answer || jsonb_build_object('request', case when r.id is not null then jsonb_build_object('status', r.status) end)
      order by a.ordinality)
    from jsonb_array_elements(answers) with ordinality as a (answer, ordinality)
    left join recognition_requests as r on r.id = (a.answer ->> 'id')::uuid and a.answer ->> 'status' in ('created', 'replayed')
  );
end
$$;
comment on function submit_recognitions(jsonb) is 'Takes in frames of any organizations: sources, idempotency keys, requests, events and one ring.';
revoke execute on function submit_recognitions(jsonb) from public;
grant execute on function submit_recognitions(jsonb) to rollcall_gateway;
