-- Ends a review of the transaction's organization as no attendance. The face is remembered as not being the candidate's
-- when p_remember says so, or, when it is null, when the doubt was about who it is: a doubt about liveness is often a
-- picture of the very candidate. Of a person the 20 latest are kept, of a gallery the 2,000 latest.
-- Answers {status: rejected | decided, remembered, sighting}, or null when there is no such review.
create or replace function reject_review(p_review uuid, p_by uuid, p_remember boolean, p_rejection uuid) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  review reviews;
  face recognized_faces;
  model text;
  remembered boolean := false;
  told jsonb;
begin
  select * into review from reviews as r where r.organization_id = organization and r.id = p_review;
  if not found then
    return null;
  end if;
  perform 1 from users as u where u.organization_id = organization and u.id = review.user_id and not u.is_deleted for share;
  remembered := found and coalesce(p_remember, review.kind = 'uncertain');
  select * into review from reviews as r where r.id = p_review for no key update;
  if review.status <> 'open' then
    return jsonb_build_object('status', 'decided');
  end if;

  if remembered then
    select q.model_id into model from recognized_faces as f join recognition_requests as q on q.id = f.recognition_id
    where f.id = review.recognized_face_id;
    -- Holds the gallery's row from here: the face it was taken for cannot be erased any more before this commits.
    perform tell_rejections(organization, model);
    select * into face from recognized_faces as f where f.id = review.recognized_face_id;
    insert into rejected_matches (id, organization_id, user_id, face_id, model_id, review_id, embedding, key_id, nonce)
    select p_rejection, organization, face.user_id, face.face_id, model, p_review, face.embedding, face.key_id, face.nonce
    where face.embedding is not null and exists (select 1 from face_embeddings as e where e.id = face.face_id and e.user_id = face.user_id);
    remembered := found;
    delete from rejected_matches as m where m.id in (
      select o.id from rejected_matches as o where o.organization_id = organization and o.model_id = model and o.user_id = face.user_id
      order by o.created_at desc, o.id desc offset 20);
    delete from rejected_matches as m where m.id in (
      select o.id from rejected_matches as o where o.organization_id = organization and o.model_id = model
      order by o.created_at desc, o.id desc offset 2000);
  end if;

  told := end_reviews(organization, array[p_review], 'rejected', null, p_by) -> 0;
  return jsonb_build_object('status', 'rejected', 'remembered', remembered, 'sighting', told);
end
$$;
comment on function reject_review(uuid, uuid, boolean, uuid) is 'Ends an open review as no attendance; the face may be remembered as not being the candidate''s.';
revoke execute on function reject_review(uuid, uuid, boolean, uuid) from public;
grant execute on function reject_review(uuid, uuid, boolean, uuid) to rollcall_gateway;
