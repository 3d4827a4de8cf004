-- Erases enrolled faces: embedding and image rows go, the image objects are put down for deletion, and every worker is
-- told by a gallery change each; what was rejected as one of them goes too. Answers [{face_id, user_id, model_id, gallery_version}] of what was there.
create or replace function remove_faces(p_organization uuid, p_faces uuid[]) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  removed jsonb;
  forgotten text[];
begin
  -- The lock first, in one order for all: a result that names one of these faces commits before this or sees them gone.
  perform lock_galleries(p_organization, p_faces);

  with gone as (
    delete from rejected_matches as m where m.organization_id = p_organization and m.face_id = any (p_faces) returning m.model_id
  )
  select array_agg(distinct gone.model_id) into forgotten from gone;

  with gone as (
    delete from face_embeddings as e where e.organization_id = p_organization and e.id = any (p_faces)
    returning e.id, e.user_id, e.model_id, e.faiss_id, e.face_image_id
  ), raised as (
    update galleries as g set version = g.version + 1, face_count = g.face_count - c.faces, updated_at = now()
    from (select gone.model_id, count(*)::integer as faces from gone group by gone.model_id) as c
    where g.organization_id = p_organization and g.model_id = c.model_id
    returning g.model_id, g.version
  ), told as (
    insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
    select p_organization, gone.model_id, raised.version, gone.faiss_id, 'remove' from gone join raised using (model_id)
  )
  select jsonb_agg(jsonb_build_object('face_id', gone.id, 'user_id', gone.user_id, 'model_id', gone.model_id, 'gallery_version', raised.version, 'face_image_id', gone.face_image_id))
  into removed from gone join raised using (model_id);
  if removed is null then
    return '[]';
  end if;

  if forgotten is not null then
    insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
    select distinct p_organization, r.face ->> 'model_id', (r.face ->> 'gallery_version')::bigint, 0, 'rejections'
    from jsonb_array_elements(removed) as r (face) where r.face ->> 'model_id' = any (forgotten);
  end if;

  -- Vectors of sightings that a person was to decide on: one that was taken for an erased face goes with it.
  perform erase_embeddings(array(
    select f.id from recognized_faces as f
    where f.organization_id = p_organization and f.embedding is not null
      and f.user_id in (select (r.face ->> 'user_id')::uuid from jsonb_array_elements(removed) as r (face))
      and f.face_id in (select (r.face ->> 'face_id')::uuid from jsonb_array_elements(removed) as r (face))));

  with gone as (
    delete from face_images as f where f.id in (select (r.face ->> 'face_image_id')::uuid from jsonb_array_elements(removed) as r (face))
    returning f.object_key
  )
  insert into object_deletions (object_key, organization_id)
  select gone.object_key, p_organization from gone
  on conflict do nothing;
  perform pg_notify('rollcall_galleries', '');
  return (select jsonb_agg(r.face - 'face_image_id') from jsonb_array_elements(removed) as r (face));
end
$$;
comment on function remove_faces(uuid, uuid[]) is 'Erases enrolled faces and raises the gallerys version.';
revoke execute on function remove_faces(uuid, uuid[]) from public;
