-- Ends those of the reviews that are still open, erases their embeddings and counts their groups anew. Answers what the
-- events say of each, in the order of the frames: [{review_id, kind, recognized_face_id, …}].
-- Everybody takes locks in one order: person, reviews, gallery, seen faces, groups; of each kind in the order of the ids.
create or replace function end_reviews(p_organization uuid, p_reviews uuid[], p_status text, p_user uuid, p_by uuid) returns jsonb
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  ended uuid[];
  groups uuid[];
  told jsonb;
begin
  -- Only what is open: whoever takes a group away changes its ended reviews last, and would wait for one that is held here.
  perform from reviews as r where r.organization_id = p_organization and r.id = any (p_reviews) and r.status = 'open'
  order by r.id for no key update;
  with gone as (
    update reviews as r
    set status = p_status, user_id = coalesce(p_user, r.user_id), decided_by = p_by, decided_at = clock_timestamp()
    where r.organization_id = p_organization and r.id = any (p_reviews) and r.status = 'open'
    returning r.id, r.unknown_face_id
  )
  select array_agg(gone.id), array_agg(distinct gone.unknown_face_id) filter (where gone.unknown_face_id is not null)
  into ended, groups from gone;
  if ended is null then
    return '[]';
  end if;

  perform erase_embeddings(array(select r.recognized_face_id from reviews as r where r.id = any (ended)));
  if groups is not null then
    perform refresh_unknown_faces(groups);
  end if;

  select jsonb_agg(jsonb_build_object('review_id', r.id, 'kind', r.kind, 'recognized_face_id', f.id, 'recognition_id', q.id, 'source_id', s.id,
      'direction', s.direction, 'captured_at', q.captured_at, 'received_at', q.received_at, 'late_arrival', q.late_arrival,
      'candidate_user_id', f.user_id, 'similarity', f.similarity, 'margin', f.margin, 'liveness_verdict', f.liveness_verdict,
      'liveness_score', f.liveness_score, 'box', jsonb_build_object('x', f.box_x, 'y', f.box_y, 'width', f.box_width, 'height', f.box_height),
      'model_id', q.model_id, 'gallery_version', q.gallery_version) order by q.captured_at, r.id)
  into told
  from reviews as r join recognized_faces as f on f.id = r.recognized_face_id join recognition_requests as q on q.id = f.recognition_id
    join sources as s on s.id = q.source_id
  where r.id = any (ended);
  return told;
end
$$;
comment on function end_reviews(uuid, uuid[], text, uuid, uuid) is 'Ends open reviews, erases their embeddings, counts their groups anew.';
revoke execute on function end_reviews(uuid, uuid[], text, uuid, uuid) from public;
