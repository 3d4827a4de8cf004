-- Ends a review of the transaction's organization as this person, the candidate when null. Answers {status: confirmed |
-- decided | user_gone | user_required, sighting}, or null when there is no such review.
create or replace function confirm_review(p_review uuid, p_user uuid, p_by uuid) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  review reviews;
  person uuid;
  told jsonb;
begin
  select * into review from reviews as r where r.organization_id = organization and r.id = p_review;
  if not found then
    return null;
  end if;
  if review.status <> 'open' then
    return jsonb_build_object('status', 'decided');
  end if;
  person := coalesce(p_user, review.user_id);
  if person is null then
    return jsonb_build_object('status', 'user_required');
  end if;
  -- FOR SHARE waits for a deletion that has begun and keeps one from beginning.
  perform 1 from users as u where u.organization_id = organization and u.id = person and not u.is_deleted for share;
  if not found then
    return jsonb_build_object('status', 'user_gone');
  end if;
  told := end_reviews(organization, array[p_review], 'confirmed', person, p_by) -> 0;
  if told is null then
    return jsonb_build_object('status', 'decided');
  end if;
  return jsonb_build_object('status', 'confirmed', 'sighting', told || jsonb_build_object('user_id', person));
end
$$;
comment on function confirm_review(uuid, uuid, uuid) is 'Ends an open review as one person''s sighting.';
revoke execute on function confirm_review(uuid, uuid, uuid) from public;
grant execute on function confirm_review(uuid, uuid, uuid) to rollcall_gateway;
