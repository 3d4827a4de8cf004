-- Ends a group of frames with their faces in one transaction with one ring, each once: only while the worker still holds
-- it. The galleries' rows are held FOR SHARE, so no face can be erased between the check and the commit; a face that
-- named somebody erased since makes its frame's result stale, and then nothing of that frame is written. Answers an array
-- in the order given: {status: completed | stale | lost, stale_faces: [index]}.
--
-- One statement for each step of the group, not a loop over frames: the cost is in statements, hardly in rows.
create or replace function complete_recognitions(p_worker uuid, p_results jsonb) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan
  as $$
declare
  present_epoch constant smallint := hold_epoch();
  held uuid[];
  stale jsonb;
  writable uuid[];
  told jsonb;
begin
  -- In one order: another connection of the worker renews the leases of some of them at this moment.
  select coalesce(array_agg(locked.id), '{}') into held from (
    select r.id from recognition_requests as r
    where r.id in (select (e.result ->> 'recognition_id')::uuid from jsonb_array_elements(p_results) as e (result))
      and r.status = 'processing' and r.claimed_by = p_worker
    order by r.id for no key update
  ) as locked;
  perform from galleries as g
  where (g.organization_id, g.model_id) in (
    select q.organization_id, r.model_id
    from jsonb_to_recordset(p_results) as r (recognition_id uuid, model_id text)
    join recognition_requests as q on q.id = r.recognition_id
    where q.id = any (held))
  order by g.organization_id, g.model_id for share;

  -- A statement of its own, after the lock: what was erased before it is seen.
  select jsonb_object_agg(gone.recognition_id, gone.faces) into stale from (
    select r.recognition_id, jsonb_agg(f.index) as faces
    from jsonb_to_recordset(p_results) as r (recognition_id uuid, faces jsonb)
    join recognition_requests as q on q.id = r.recognition_id
    cross join lateral jsonb_to_recordset(r.faces) as f (index smallint, user_id uuid, face_id uuid)
    where q.id = any (held) and f.face_id is not null and not exists (
      select 1 from face_embeddings as e join users as u on u.id = e.user_id
      where e.id = f.face_id and e.organization_id = q.organization_id and e.user_id = f.user_id and not u.is_deleted)
    group by r.recognition_id
  ) as gone;
  select coalesce(array_agg(h.id), '{}') into writable from unnest(held) as h (id) where stale is null or not stale ? h.id::text;

  with result as materialized (
    -- A frame that is named twice is ended by its first result.
    select distinct on (r.recognition_id) r.recognition_id, r.event_id, r.actor, coalesce(r.completed_at, clock_timestamp()) as completed_at, r.model_id, r.gallery_version,
      r.synthetic, r.faces, r.ordinality, q.organization_id, q.source_id, q.captured_at, q.received_at, q.late_arrival, q.correlation_id,
      q.request_event_id
    from rows from (jsonb_to_recordset(p_results) as (
        recognition_id uuid, event_id uuid, actor text, completed_at timestamptz, model_id text, gallery_version bigint, synthetic boolean, faces jsonb
      )) with ordinality as r
    join recognition_requests as q on q.id = r.recognition_id
    where q.id = any (writable)
    order by r.recognition_id, r.ordinality
  ), face as materialized (
    select result.recognition_id, result.organization_id, result.completed_at, f.*
    from result cross join lateral jsonb_to_recordset(result.faces) as f (
      id uuid, index smallint, box jsonb, detection_score real, quality jsonb, liveness jsonb, decision text, reason text, user_id uuid,
      face_id uuid, similarity numeric, margin numeric, runner_up_user_id uuid, runner_up_similarity real, match_threshold real, crop_key text,
      crop_sha256 text, embedding text, review_id uuid, review_kind text)
  ), stored as (
    insert into recognized_faces (
      id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score,
      liveness_verdict, decision, reason, user_id, face_id, similarity, margin, runner_up_user_id, runner_up_similarity, match_threshold,
      crop_key, crop_sha256, embedding)
    select f.id, f.organization_id, f.recognition_id, f.index, (f.box ->> 'x')::real, (f.box ->> 'y')::real, (f.box ->> 'width')::real,
      (f.box ->> 'height')::real, f.detection_score, f.quality, (f.liveness ->> 'score')::real, f.liveness ->> 'verdict', f.decision, f.reason,
      f.user_id, f.face_id, f.similarity::real, f.margin::real, f.runner_up_user_id, f.runner_up_similarity, f.match_threshold,
      f.crop_key, decode(f.crop_sha256, 'hex'), decode(f.embedding, 'base64')
    from face as f
  ), opened as (
    insert into reviews (id, organization_id, recognized_face_id, kind, user_id, created_at)
    select f.review_id, f.organization_id, f.id, f.review_kind, f.user_id, f.completed_at from face as f where f.review_id is not null
  ), ended as (
    update recognition_requests as r
    set status = 'completed', reason = null, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(),
        outcome = case when result.faces @> '[{"decision": "match"}]' then 'matched' when result.faces @> '[{"decision": "review"}]' then 'review'
          when result.faces @> '[{"decision": "unknown"}]' then 'unknown' when result.faces @> '[{"decision": "rejected"}]' then 'rejected' else 'no_face' end,
        completed_at = result.completed_at, model_id = result.model_id, gallery_version = result.gallery_version,
        synthetic = result.synthetic, claimed_by = null, claimed_until = null
    from result where r.id = result.recognition_id
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', r.organization_id, 'id', r.event_id, 'type', 'recognition.completed', 'subject', 'recognitions/' || r.recognition_id,
      'actor', r.actor, 'correlation_id', r.correlation_id, 'causation_id', r.request_event_id, 'occurred_at', r.completed_at,
      'payload', jsonb_build_object(
        'recognition_id', r.recognition_id, 'source_id', s.id, 'source_type', s.source_type, 'direction', s.direction,
        'captured_at', r.captured_at, 'received_at', r.received_at, 'late_arrival', r.late_arrival,
        'model_id', r.model_id, 'gallery_version', r.gallery_version, 'synthetic', r.synthetic,
        'faces', (
          select coalesce(jsonb_agg(jsonb_build_object('recognized_face_id', f.id, 'index', f.index, 'decision', f.decision, 'user_id', f.user_id,
            'face_id', f.face_id, 'similarity', f.similarity, 'margin', f.margin, 'liveness_verdict', f.liveness ->> 'verdict',
            'liveness_score', f.liveness -> 'score', 'box', f.box, 'reason', f.reason, 'review_id', f.review_id) order by f.index), '[]')
          from face as f where f.recognition_id = r.recognition_id))) order by r.ordinality)
  into told
  from result as r join sources as s on s.id = r.source_id;
  if told is not null then
    perform insert_events(told);
    perform pg_notify('rollcall_events', '');
  end if;

  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'status', case when r.id = any (writable) and r.turn = 1 then 'completed' when stale ? r.id::text then 'stale' else 'lost' end,
      'stale_faces', coalesce(stale -> r.id::text, '[]')) order by r.place), '[]')
    from (
      select (e.result ->> 'recognition_id')::uuid as id, e.place,
        row_number() over (partition by (e.result ->> 'recognition_id')::uuid order by e.place) as turn
      from jsonb_array_elements(p_results) with ordinality as e (result, place)
    ) as r
  );
end
$$;
comment on function complete_recognitions(uuid, jsonb) is 'Ends frames with their faces, each once, with one ring.';
revoke execute on function complete_recognitions(uuid, jsonb) from public;
grant execute on function complete_recognitions(uuid, jsonb) to rollcall_system;
