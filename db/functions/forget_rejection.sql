-- Forgets that the face of a review of the transaction's organization is not the candidate's, and tells every worker; the
-- review stays rejected. Answers whom the rejection was about, or null when nothing is remembered of that review.
create or replace function forget_rejection(p_review uuid) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  forgotten rejected_matches;
begin
  select * into forgotten from rejected_matches as m where m.organization_id = organization and m.review_id = p_review;
  if not found then
    return null;
  end if;
  -- The gallery's row first, as everybody does who changes what belongs to it.
  perform tell_rejections(organization, forgotten.model_id);
  delete from rejected_matches as m where m.id = forgotten.id;
  return case when found then forgotten.user_id end;
end
$$;
comment on function forget_rejection(uuid) is 'Forgets a remembered rejection; the review stays rejected.';
revoke execute on function forget_rejection(uuid) from public;
grant execute on function forget_rejection(uuid) to rollcall_gateway;
