-- Notes that a request which failed or expired shall not be tried again, for the transaction's organization. Nothing is
-- deleted. Answers {status, kind, ended_as, reason}; status: discarded | unchanged (it was before) | not_found | not_failed.
create or replace function discard_request(p_id uuid, p_actor text) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  request record;
begin
  select 'recognition' as kind, r.status, r.reason, r.discarded_at into request
  from recognition_requests as r where r.id = p_id and r.organization_id = organization for no key update;
  if not found then
    select 'registration' as kind, r.status, r.reason, r.discarded_at into request
    from registration_requests as r where r.id = p_id and r.organization_id = organization for no key update;
    if not found then
      return jsonb_build_object('status', 'not_found');
    end if;
  end if;
  if request.status not in ('failed', 'expired') then
    return jsonb_build_object('status', 'not_failed');
  elsif request.discarded_at is not null then
    return jsonb_build_object('status', 'unchanged');
  end if;
  update recognition_requests as r set discarded_at = clock_timestamp(), discarded_by = p_actor where r.id = p_id and request.kind = 'recognition';
  update registration_requests as r set discarded_at = clock_timestamp(), discarded_by = p_actor where r.id = p_id and request.kind = 'registration';
  return jsonb_build_object('status', 'discarded', 'kind', request.kind, 'ended_as', request.status, 'reason', request.reason);
end
$$;
comment on function discard_request(uuid, text) is 'Notes that a failed request of the transaction''s organization shall not be tried again.';
revoke execute on function discard_request(uuid, text) from public;
grant execute on function discard_request(uuid, text) to rollcall_gateway;
