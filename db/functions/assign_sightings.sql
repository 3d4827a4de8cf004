-- "This is X": gives sightings of the transaction's organization that are still open to a person and enrols some of them
-- as faces of that person, searchable from this commit on. p_enrol: [{review_id, face_id, face_image_id, object_key,
-- sha256, content_type, byte_size, width, height}], each an image of its own; what cannot be enrolled any more is left out.
-- Answers {status: assigned | decided | user_gone, sightings, faces: [{face_id, review_id}], model_id, gallery_version}.
create or replace function assign_sightings(p_reviews uuid[], p_user uuid, p_by uuid, p_enrol jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  enrolled jsonb;
  model text;
  new_version bigint;
  told jsonb;
begin
  perform 1 from users as u where u.organization_id = organization and u.id = p_user and not u.is_deleted for share;
  if not found then
    return jsonb_build_object('status', 'user_gone');
  end if;
  perform from reviews as r where r.organization_id = organization and r.id = any (p_reviews) and r.status = 'open'
  order by r.id for no key update;

  select min(q.model_id), jsonb_agg(jsonb_build_object('review_id', r.id, 'recognized_face_id', f.id, 'face_id', e.face_id,
    'face_image_id', e.face_image_id, 'embedding', encode(f.embedding, 'base64'), 'quality', f.quality))
  into model, enrolled
  from jsonb_to_recordset(p_enrol) as e (review_id uuid, face_id uuid, face_image_id uuid)
  join reviews as r on r.id = e.review_id
  join recognized_faces as f on f.id = r.recognized_face_id
  join recognition_requests as q on q.id = f.recognition_id
  where r.organization_id = organization and r.id = any (p_reviews) and r.status = 'open' and f.embedding is not null and f.key_id is null
    and q.model_id = (
      select min(first.model_id) from recognition_requests as first join recognized_faces as g on g.recognition_id = first.id
        join reviews as h on h.recognized_face_id = g.id
      where h.id in (select (i.item ->> 'review_id')::uuid from jsonb_array_elements(p_enrol) as i (item)) and h.organization_id = organization);

  if enrolled is not null then
    insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
    select i.face_image_id, organization, p_user, i.review_id, i.place - 1, i.object_key, decode(i.sha256, 'hex'), i.content_type, i.byte_size,
      i.width, i.height
    from rows from (jsonb_to_recordset(p_enrol) as (
      review_id uuid, face_image_id uuid, object_key text, sha256 text, content_type text, byte_size integer, width integer, height integer
    )) with ordinality as i (review_id, face_image_id, object_key, sha256, content_type, byte_size, width, height, place)
    where i.review_id in (select (e.item ->> 'review_id')::uuid from jsonb_array_elements(enrolled) as e (item));
    new_version := add_faces(organization, p_user, model, enrolled);
    update face_embeddings as e set recognized_face_id = i.recognized_face_id
    from jsonb_to_recordset(enrolled) as i (face_id uuid, recognized_face_id uuid) where e.id = i.face_id;
  end if;

  told := end_reviews(organization, p_reviews, 'confirmed', p_user, p_by);
  if jsonb_array_length(told) = 0 then
    return jsonb_build_object('status', 'decided');
  end if;
  return jsonb_build_object('status', 'assigned', 'sightings', told, 'model_id', model, 'gallery_version', new_version, 'faces', (
    select coalesce(jsonb_agg(jsonb_build_object('face_id', e.item -> 'face_id', 'review_id', e.item -> 'review_id')), '[]')
    from jsonb_array_elements(enrolled) as e (item)));
end
$$;
comment on function assign_sightings(uuid[], uuid, uuid, jsonb) is '"This is X": open sightings become a person''s, some of them enrolled.';
revoke execute on function assign_sightings(uuid[], uuid, uuid, jsonb) from public;
grant execute on function assign_sightings(uuid[], uuid, uuid, jsonb) to rollcall_gateway;
