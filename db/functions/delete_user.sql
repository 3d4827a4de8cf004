-- Soft-deletes a person of the transaction's organization: no sign-in, no PIN, no face; e-mail and employee code are free again,
-- attendance stays. Answers {user_id, face_ids}, or null when there is no such person.
create or replace function delete_user(p_user_id uuid, p_event_id uuid, p_actor text, p_correlation uuid) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  faces uuid[];
  removed jsonb;
  told jsonb;
begin
  update users set is_deleted = true, is_active = false, deleted_at = now(), updated_at = now(), password_hash = null,
    token_generation = token_generation + 1, version = version + 1
  where organization_id = organization and id = p_user_id and not is_deleted;
  if not found then
    return null;
  end if;
  update user_profiles set employee_code = null, updated_at = now() where organization_id = organization and user_id = p_user_id;
  delete from user_pins where organization_id = organization and user_id = p_user_id;
  -- After the update: a registration that held the user's row has committed its faces by now.
  select coalesce(array_agg(e.id), '{}') into faces from face_embeddings as e where e.organization_id = organization and e.user_id = p_user_id;
  -- All sightings at once and in their order, between the galleries and the rest of what goes: remove_faces() erases some of them.
  perform lock_galleries(organization, faces);
  perform erase_embeddings(array(
    select f.id from recognized_faces as f where f.organization_id = organization and f.user_id = p_user_id and f.embedding is not null));
  removed := remove_faces(organization, faces);
  told := jsonb_build_object('user_id', p_user_id, 'face_ids', (
    select coalesce(jsonb_agg(r.face -> 'face_id'), '[]') from jsonb_array_elements(removed) as r (face)));
  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', organization, 'id', p_event_id, 'type', 'user.deleted', 'subject', 'users/' || p_user_id, 'actor', p_actor,
    'correlation_id', p_correlation, 'occurred_at', clock_timestamp(), 'payload', told)));
  perform pg_notify('rollcall_events', '');
  return told;
end
$$;
comment on function delete_user(uuid, uuid, text, uuid) is 'Soft-deletes a person and erases all of their faces.';
revoke execute on function delete_user(uuid, uuid, text, uuid) from public;
grant execute on function delete_user(uuid, uuid, text, uuid) to rollcall_gateway;
