-- Ends a frame with its faces, once: only while the worker still holds it. The gallery's row is held FOR SHARE, so no
-- face can be erased between the check and the commit; a face that named somebody erased since makes the result stale,
-- and then nothing is written. Answers {status: completed | stale | lost, stale_faces: [index]}. Rings nobody.
create or replace function complete_recognition(p_worker uuid, p_result jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  result record;
  request recognition_requests;
  source sources;
  stale jsonb;
  told jsonb;
begin
  select r.* into result from jsonb_to_record(p_result) as r (
    recognition_id uuid, event_id uuid, actor text, completed_at timestamptz, model_id text, gallery_version bigint, synthetic boolean, faces jsonb);
  result.completed_at := coalesce(result.completed_at, clock_timestamp());
  select * into request from recognition_requests where id = result.recognition_id and status = 'processing' and claimed_by = p_worker for no key update;
  if not found then
    return jsonb_build_object('status', 'lost', 'stale_faces', '[]'::jsonb);
  end if;

  perform 1 from galleries where organization_id = request.organization_id and model_id = result.model_id for share;
  select jsonb_agg(f.index) into stale
  from jsonb_to_recordset(result.faces) as f (index smallint, user_id uuid, face_id uuid)
  where f.face_id is not null and not exists (
    select 1 from face_embeddings as e join users as u on u.id = e.user_id
    where e.id = f.face_id and e.organization_id = request.organization_id and e.user_id = f.user_id and not u.is_deleted);
  if stale is not null then
    return jsonb_build_object('status', 'stale', 'stale_faces', stale);
  end if;

  with face as (
    insert into recognized_faces (
      id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score,
      liveness_verdict, decision, reason, user_id, face_id, similarity, margin, runner_up_user_id, runner_up_similarity, match_threshold,
      crop_key, crop_sha256, embedding)
    select f.id, request.organization_id, request.id, f.index, (f.box ->> 'x')::real, (f.box ->> 'y')::real, (f.box ->> 'width')::real,
      (f.box ->> 'height')::real, f.detection_score, f.quality, (f.liveness ->> 'score')::real, f.liveness ->> 'verdict', f.decision, f.reason,
      f.user_id, f.face_id, f.similarity, f.margin, f.runner_up_user_id, f.runner_up_similarity, f.match_threshold,
      f.crop_key, decode(f.crop_sha256, 'hex'), decode(f.embedding, 'base64')
    from jsonb_to_recordset(result.faces) as f (
      id uuid, index smallint, box jsonb, detection_score real, quality jsonb, liveness jsonb, decision text, reason text, user_id uuid,
      face_id uuid, similarity real, margin real, runner_up_user_id uuid, runner_up_similarity real, match_threshold real, crop_key text,
      crop_sha256 text, embedding text)
    returning id
  )
  insert into reviews (id, organization_id, recognized_face_id, kind, user_id, created_at)
  select f.review_id, request.organization_id, face.id, f.review_kind, f.user_id, result.completed_at
  from jsonb_to_recordset(result.faces) as f (id uuid, review_id uuid, review_kind text, user_id uuid)
  join face on face.id = f.id
  where f.review_id is not null;

  update recognition_requests
  set status = 'completed', completed_at = result.completed_at, model_id = result.model_id, gallery_version = result.gallery_version,
      synthetic = result.synthetic, claimed_by = null, claimed_until = null
  where id = request.id;

  select * into source from sources where id = request.source_id;
  select coalesce(jsonb_agg(jsonb_build_object('recognized_face_id', f.id, 'index', f.index, 'decision', f.decision, 'user_id', f.user_id, 'face_id', f.face_id,
      'similarity', f.similarity, 'margin', f.margin, 'liveness_verdict', f.liveness ->> 'verdict', 'liveness_score', f.liveness -> 'score',
      'box', f.box, 'reason', f.reason, 'review_id', f.review_id) order by f.index), '[]')
  into told
  from jsonb_to_recordset(result.faces) as f (
    id uuid, index smallint, box jsonb, liveness jsonb, decision text, reason text, user_id uuid, face_id uuid, similarity numeric, margin numeric, review_id uuid);
  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', request.organization_id, 'id', result.event_id, 'type', 'recognition.completed', 'subject', 'recognitions/' || request.id,
    'actor', result.actor, 'correlation_id', request.correlation_id, 'causation_id', request.request_event_id, 'occurred_at', result.completed_at,
    'payload', jsonb_build_object(
      'recognition_id', request.id, 'source_id', source.id, 'source_type', source.source_type, 'direction', source.direction,
      'captured_at', request.captured_at, 'received_at', request.received_at, 'late_arrival', request.late_arrival,
      'model_id', result.model_id, 'gallery_version', result.gallery_version, 'synthetic', result.synthetic, 'faces', told))));
  return jsonb_build_object('status', 'completed', 'stale_faces', '[]'::jsonb);
end
$$;
comment on function complete_recognition(uuid, jsonb) is 'Ends a frame with its faces, once; see complete_recognitions for many.';
revoke execute on function complete_recognition(uuid, jsonb) from public;
grant execute on function complete_recognition(uuid, jsonb) to rollcall_system;
