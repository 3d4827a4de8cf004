-- Rejects the oldest p_limit open sightings of a group of look-alikes of the transaction's organization. Answers their
-- review ids; none when there is no such group (any more).
create or replace function dismiss_unknown_face(p_unknown_face uuid, p_by uuid, p_limit integer) returns uuid[]
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  told jsonb;
begin
  told := end_reviews(organization, array(
    select r.id from reviews as r
    where r.organization_id = organization and r.unknown_face_id = p_unknown_face and r.status = 'open' order by r.id limit p_limit),
    'rejected', null, p_by);
  return array(select (t.item ->> 'review_id')::uuid from jsonb_array_elements(told) as t (item));
end
$$;
comment on function dismiss_unknown_face(uuid, uuid, integer) is 'Rejects open sightings of a group of look-alikes.';
revoke execute on function dismiss_unknown_face(uuid, uuid, integer) from public;
grant execute on function dismiss_unknown_face(uuid, uuid, integer) to rollcall_gateway;
