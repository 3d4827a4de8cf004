-- Erases one enrolled face of the transaction's organization, with its event. Answers
-- {face_id, user_id, model_id, gallery_version}, or null when there is no such face.
create or replace function delete_face(p_face_id uuid, p_event_id uuid, p_actor text, p_correlation uuid) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  removed jsonb;
begin
  removed := remove_faces(organization, array[p_face_id]) -> 0;
  if removed is null then
    return null;
  end if;
  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', organization, 'id', p_event_id, 'type', 'face.deleted', 'subject', 'faces/' || p_face_id, 'actor', p_actor,
    'correlation_id', p_correlation, 'occurred_at', clock_timestamp(), 'payload', removed)));
  perform pg_notify('rollcall_events', '');
  return removed;
end
$$;
comment on function delete_face(uuid, uuid, text, uuid) is 'Erases one enrolled face: embedding and image rows; the image object is put down for deletion.';
revoke execute on function delete_face(uuid, uuid, text, uuid) from public;
grant execute on function delete_face(uuid, uuid, text, uuid) to rollcall_gateway;
