-- Puts open sightings of strangers with their look-alikes. p_groups: [{id, is_new, model_id, best_review_id, review_ids}];
-- best_review_id is null when the group's best stays. Sightings that were decided on, or that somebody is deciding on at
-- this moment, are left alone, and so are groups that have gone: what is left over comes round again.
-- Answers how many sightings have a group now.
create or replace function group_sightings(p_organization uuid, p_groups jsonb) returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  given record;
  taken uuid[];
  first_seen timestamptz;
  last_seen timestamptz;
  grouped integer := 0;
begin
  perform from unknown_faces as u
  where u.organization_id = p_organization and u.id in (select (g.item ->> 'id')::uuid from jsonb_array_elements(p_groups) as g (item))
  order by u.id for no key update;

  for given in
    select * from jsonb_to_recordset(p_groups) as g (id uuid, is_new boolean, model_id text, best_review_id uuid, review_ids uuid[])
    where g.is_new or exists (select 1 from unknown_faces as u where u.id = g.id and u.organization_id = p_organization)
  loop
    -- Never waits for a review: whoever decides on one waits for the group's row, which is held here.
    select array_agg(r.id), min(r.captured_at), max(r.captured_at) into taken, first_seen, last_seen from (
      select w.id, q.captured_at from reviews as w join recognized_faces as f on f.id = w.recognized_face_id
        join recognition_requests as q on q.id = f.recognition_id
      where w.organization_id = p_organization and w.id = any (given.review_ids) and w.status = 'open' and w.unknown_face_id is null
      for no key update of w skip locked
    ) as r;
    continue when taken is null;
    if given.is_new then
      insert into unknown_faces (id, organization_id, model_id, best_review_id, sighting_count, first_seen_at, last_seen_at)
      values (given.id, p_organization, given.model_id, coalesce((select b from unnest(taken) as b where b = given.best_review_id), taken[1]),
        cardinality(taken), first_seen, last_seen);
    else
      update unknown_faces as u
      set sighting_count = u.sighting_count + cardinality(taken), first_seen_at = least(u.first_seen_at, first_seen),
          last_seen_at = greatest(u.last_seen_at, last_seen),
          best_review_id = coalesce((select b from unnest(taken) as b where b = given.best_review_id), u.best_review_id)
      where u.id = given.id;
    end if;
    update reviews as r set unknown_face_id = given.id where r.id = any (taken);
    grouped := grouped + cardinality(taken);
  end loop;
  return grouped;
end
$$;
comment on function group_sightings(uuid, jsonb) is 'Puts open sightings of strangers with their look-alikes.';
revoke execute on function group_sightings(uuid, jsonb) from public;
grant execute on function group_sightings(uuid, jsonb) to rollcall_system;
