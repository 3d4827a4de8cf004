-- Takes in a group of frames, of any organizations, in one statement: sources seen for the first time, idempotency
-- keys, requests and events, and one ring. Answers an array in the order of the items:
-- {status: created | replayed | conflict | unknown_source | source_inactive, id, source_id}.
create or replace function submit_recognitions(p_items jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  present_epoch smallint;
  answers jsonb;
  taken boolean;
  undiscovered jsonb;
  first_frames jsonb;
begin
  if p_items @? '$[*].idempotency_key ? (@ != null)' then
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
  end if;

  -- The events stand here and not in insert_events: this is the way of every frame, and to build them as JSON and read
  -- that again would be a quarter of its cost. Looked up item by item (lateral … limit 1): a key of an index for each,
  -- whatever the statistics of a young table make of a join.
  present_epoch := hold_epoch();
  with item as materialized (
    select i.*, coalesce(i.mode, s.capture_mode) as frame_mode, s.id as source_row, coalesce(k.request_id, i.id) as request_id,
      -- A key that was used answers for itself, whatever has become of the source since.
      case
        when k.request_id <> i.id and k.body_hash = decode(i.body_hash, 'hex') then 'replayed'
        when k.request_id <> i.id then 'conflict'
        -- Its key was taken, since its source was on: so is the frame, or a repetition would be answered for one that is nowhere.
        when k.request_id = i.id then 'created'
        when s.id is null then 'unknown_source'
        when not s.is_active then 'source_inactive'
        -- Its source was there, or on, too late for its key: a frame without it would be taken in again by a repetition.
        when i.idempotency_key is not null then 'without_key'
        else 'created' end as verdict
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, event_id uuid, source_type text, source_id text, principal text, route text, idempotency_key text,
        body_hash text, may_create_source boolean, captured_at timestamptz, received_at timestamptz, late_arrival boolean, mode text,
        priority smallint, expires_at timestamptz, requested_by text, correlation_id uuid, image_key text, image_sha256 text,
        image_content_type text, image_bytes integer, image_width integer, image_height integer
      )) with ordinality as i
    left join lateral (
      select s.id, s.capture_mode, s.is_active from sources as s
      where s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id limit 1
    ) as s on true
    left join lateral (
      select k.request_id, k.body_hash from idempotency_keys as k
      where i.idempotency_key is not null and k.organization_id = i.organization_id
        and k.principal = i.principal and k.route = i.route and k.key = i.idempotency_key limit 1
    ) as k on true
  ), requested as (
    insert into recognition_requests (
      id, organization_id, source_id, priority, mode, captured_at, received_at, expires_at, late_arrival, requested_by, correlation_id,
      request_event_id, image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
    select i.id, i.organization_id, i.source_row, coalesce(i.priority, 0::smallint), i.frame_mode, i.captured_at, i.received_at, i.expires_at,
      coalesce(i.late_arrival, false), i.requested_by, i.correlation_id, i.event_id,
      i.image_key, decode(i.image_sha256, 'hex'), i.image_content_type, i.image_bytes, i.image_width, i.image_height
    from item as i where i.verdict = 'created'
  ), announced as (
    insert into events (epoch, organization_id, id, type, subject, actor, correlation_id, payload, occurred_at)
    select present_epoch, i.organization_id, i.event_id, 'recognition.requested', 'recognitions/' || i.id, i.requested_by, i.correlation_id,
      jsonb_build_object('recognition_id', i.id, 'source_id', i.source_row, 'captured_at', i.captured_at, 'mode', i.frame_mode), i.received_at
    from item as i where i.verdict = 'created' order by i.ordinality
  )
  select bool_or(i.verdict = 'created'), jsonb_agg(i.ordinality - 1) filter (where i.verdict = 'without_key' or i.verdict = 'unknown_source' and i.may_create_source), jsonb_agg(jsonb_build_object('status', i.verdict, 'id', i.request_id, 'source_id', i.source_row) order by i.ordinality)
  into taken, undiscovered, answers
  from item as i;
  if taken then
    perform pg_notify('rollcall_requests', '');
  end if;
  if undiscovered is not null then
    -- Rare: once in the life of a source, or when it changes at this moment. Its frames go the same way again, now that it is known.
    select jsonb_agg((p_items -> place::integer) || '{"may_create_source": false}' order by ordinality)
    into first_frames
    from jsonb_array_elements(undiscovered) with ordinality as u (place, ordinality);
    perform discover_sources(first_frames);
    select jsonb_agg(coalesce(again.answer, first.answer) order by first.ordinality)
    into answers
    from jsonb_array_elements(answers) with ordinality as first (answer, ordinality)
    left join (
      select place::bigint + 1 as ordinality, a.answer
      from jsonb_array_elements(undiscovered) with ordinality as u (place, ordinality)
      join jsonb_array_elements(submit_recognitions(first_frames)) with ordinality as a (answer, ordinality) using (ordinality)
    ) as again using (ordinality);
  end if;
  return answers;
end
$$;
comment on function submit_recognitions(jsonb) is 'Takes in frames of any organizations: sources, idempotency keys, requests, events and one ring.';
revoke execute on function submit_recognitions(jsonb) from public;
grant execute on function submit_recognitions(jsonb) to rollcall_gateway;
