-- Ends a registration, once: with p_result.min_good faces or more they are enrolled and searchable from this commit on;
-- with fewer nothing is kept. Answers {status: completed | rejected | user_gone | lost}.
create or replace function complete_registration(p_worker uuid, p_result jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  present_epoch constant smallint := hold_epoch();
  result record;
  request registration_requests;
  person_there boolean;
  enrolled boolean;
  new_version bigint;
begin
  select r.* into result from jsonb_to_record(p_result) as r (
    registration_id uuid, event_id uuid, actor text, completed_at timestamptz, model_id text, model_dimension integer, synthetic boolean,
    min_good integer, accepted jsonb, rejected jsonb);
  result.completed_at := coalesce(result.completed_at, clock_timestamp());
  select * into request from registration_requests where id = result.registration_id and status = 'processing' and claimed_by = p_worker for no key update;
  if not found then
    return jsonb_build_object('status', 'lost');
  end if;
  -- FOR SHARE waits for a deletion that has begun and keeps one from beginning: a deleted person has no faces.
  perform 1 from users where organization_id = request.organization_id and id = request.user_id and not is_deleted for share;
  person_there := found;
  enrolled := person_there and jsonb_array_length(result.accepted) >= result.min_good;

  if enrolled then
    insert into face_models (id, dimension, is_synthetic) values (result.model_id, result.model_dimension, result.synthetic) on conflict do nothing;
    insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
    select f.face_image_id, request.organization_id, request.user_id, request.id, f.image_index, i.object_key, decode(i.sha256, 'hex'),
      i.content_type, i.byte_size, i.width, i.height
    from jsonb_to_recordset(result.accepted) as f (face_image_id uuid, image_index smallint)
    join jsonb_to_recordset(request.images) as i (index smallint, object_key text, sha256 text, content_type text, byte_size integer, width integer, height integer)
      on i.index = f.image_index;
    new_version := add_faces(request.organization_id, request.user_id, result.model_id, result.accepted);
  end if;

  insert into object_deletions (object_key, organization_id)
  select i.image ->> 'object_key', request.organization_id from jsonb_array_elements(request.images) as i (image)
  where not enrolled or not exists (
    select 1 from jsonb_to_recordset(result.accepted) as f (image_index smallint) where f.image_index = (i.image ->> 'index')::smallint)
  on conflict do nothing;

  update registration_requests
  set status = case when enrolled then 'completed' else 'rejected' end, rejected = result.rejected,
      reason = case when not person_there then 'USER_NOT_FOUND' when not enrolled then 'TOO_FEW_GOOD_IMAGES' end,
      images = '[]', decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), completed_at = result.completed_at, claimed_by = null, claimed_until = null
  where id = request.id;

  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', request.organization_id, 'id', result.event_id,
    'type', case when enrolled then 'face.registered' else 'registration.rejected' end,
    'subject', case when enrolled then 'users/' || request.user_id else 'registrations/' || request.id end,
    'actor', result.actor, 'correlation_id', request.correlation_id, 'causation_id', request.request_event_id, 'occurred_at', result.completed_at,
    'payload', jsonb_build_object('registration_id', request.id, 'user_id', request.user_id) || case when enrolled
      then jsonb_build_object('face_ids', (select jsonb_agg(f.face -> 'face_id') from jsonb_array_elements(result.accepted) as f (face)),
        'model_id', result.model_id, 'gallery_version', new_version)
      else jsonb_build_object('reasons', (select coalesce(jsonb_agg(distinct f.face ->> 'code'), '[]') from jsonb_array_elements(result.rejected) as f (face))) end)));
  perform pg_notify('rollcall_events', '');
  return jsonb_build_object('status', case when enrolled then 'completed' when person_there then 'rejected' else 'user_gone' end);
end
$$;
comment on function complete_registration(uuid, jsonb) is 'Ends a registration, once: enrols its faces or rejects it.';
revoke execute on function complete_registration(uuid, jsonb) from public;
grant execute on function complete_registration(uuid, jsonb) to rollcall_system;
