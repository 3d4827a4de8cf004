-- Counts groups of look-alikes anew after some of their sightings have ended; a group without open sightings goes.
create or replace function refresh_unknown_faces(p_unknown_faces uuid[]) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform from unknown_faces as u where u.id = any (p_unknown_faces) order by u.id for no key update;
  with open_sighting as (
    select r.unknown_face_id, r.id, q.captured_at, f.quality
    from reviews as r join recognized_faces as f on f.id = r.recognized_face_id join recognition_requests as q on q.id = f.recognition_id
    where r.unknown_face_id = any (p_unknown_faces) and r.status = 'open'
  ), counted as (
    select o.unknown_face_id, count(*)::integer as sightings, min(o.captured_at) as first_seen, max(o.captured_at) as last_seen,
      (array_agg(o.id order by (o.quality ->> 'size')::real desc nulls last, o.id))[1] as largest, array_agg(o.id) as ids
    from open_sighting as o group by o.unknown_face_id
  )
  update unknown_faces as u
  set sighting_count = c.sightings, first_seen_at = c.first_seen, last_seen_at = c.last_seen,
      best_review_id = case when u.best_review_id = any (c.ids) then u.best_review_id else c.largest end
  from counted as c where u.id = c.unknown_face_id;
  delete from unknown_faces as u where u.id = any (p_unknown_faces)
    and not exists (select 1 from reviews as r where r.unknown_face_id = u.id and r.status = 'open');
end
$$;
comment on function refresh_unknown_faces(uuid[]) is 'Counts groups of look-alikes anew; those without open sightings go.';
revoke execute on function refresh_unknown_faces(uuid[]) from public;
