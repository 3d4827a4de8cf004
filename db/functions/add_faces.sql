-- Enrols embeddings of one person under the gallery's lock and tells every worker by a gallery change each. Face images
-- must be there. Answers the gallery's new version.
create or replace function add_faces(p_organization uuid, p_user uuid, p_model text, p_faces jsonb) returns bigint
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  new_version bigint;
begin
  insert into galleries (organization_id, model_id) values (p_organization, p_model) on conflict do nothing;
  update galleries set version = version + 1, face_count = face_count + jsonb_array_length(p_faces), updated_at = now()
  where organization_id = p_organization and model_id = p_model
  returning version into new_version;
  with face as (
    insert into face_embeddings (id, organization_id, user_id, model_id, face_image_id, embedding, quality)
    select f.face_id, p_organization, p_user, p_model, f.face_image_id, decode(f.embedding, 'base64'), f.quality
    from jsonb_to_recordset(p_faces) as f (face_id uuid, face_image_id uuid, embedding text, quality jsonb)
    returning faiss_id
  )
  insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
  select p_organization, p_model, new_version, face.faiss_id, 'add' from face;
  perform pg_notify('rollcall_galleries', '');
  return new_version;
end
$$;
comment on function add_faces(uuid, uuid, text, jsonb) is 'Enrols embeddings of one person and raises the gallerys version.';
revoke execute on function add_faces(uuid, uuid, text, jsonb) from public;
