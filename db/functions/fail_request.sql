-- A request that could not be worked on: back to the queue while it has attempts left and p_retry says so, else failed
-- with its reason and an event. Answers retried, failed or lost.
create or replace function fail_request(p_worker uuid, p_kind text, p_id uuid, p_reason text, p_event_id uuid, p_retry boolean) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  frame recognition_requests;
  person registration_requests;
begin
  if p_kind = 'recognition' then
    update recognition_requests as r
    set status = case when p_retry and r.attempts < 3 then 'queued' else 'failed' end, reason = p_reason, claimed_by = null, claimed_until = null,
        completed_at = case when p_retry and r.attempts < 3 then null else now() end
    where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
    returning * into frame;
    if frame.id is null then
      return 'lost';
    elsif frame.status = 'queued' then
      perform pg_notify('rollcall_requests', '');
      return 'retried';
    end if;
    perform insert_events(jsonb_build_array(jsonb_build_object(
      'organization_id', frame.organization_id, 'id', p_event_id, 'type', 'recognition.failed', 'subject', 'recognitions/' || frame.id,
      'actor', 'system:face-worker', 'correlation_id', frame.correlation_id, 'causation_id', frame.request_event_id, 'occurred_at', frame.completed_at,
      'payload', jsonb_build_object('recognition_id', frame.id, 'source_id', frame.source_id, 'captured_at', frame.captured_at, 'reason', p_reason))));
  elsif p_kind = 'registration' then
    update registration_requests as r
    set status = case when p_retry and r.attempts < 3 then 'queued' else 'failed' end, reason = p_reason, claimed_by = null, claimed_until = null,
        completed_at = case when p_retry and r.attempts < 3 then null else now() end
    where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
    returning * into person;
    if person.id is null then
      return 'lost';
    elsif person.status = 'queued' then
      perform pg_notify('rollcall_requests', '');
      return 'retried';
    end if;
    insert into object_deletions (object_key, organization_id)
    select i.image ->> 'object_key', person.organization_id from jsonb_array_elements(person.images) as i (image)
    on conflict do nothing;
    update registration_requests set images = '[]' where id = person.id;
    perform insert_events(jsonb_build_array(jsonb_build_object(
      'organization_id', person.organization_id, 'id', p_event_id, 'type', 'registration.failed', 'subject', 'registrations/' || person.id,
      'actor', 'system:face-worker', 'correlation_id', person.correlation_id, 'causation_id', person.request_event_id, 'occurred_at', person.completed_at,
      'payload', jsonb_build_object('registration_id', person.id, 'user_id', person.user_id, 'reason', p_reason))));
  else
    raise exception 'unknown kind of request: %', p_kind using errcode = 'invalid_parameter_value';
  end if;
  perform pg_notify('rollcall_events', '');
  return 'failed';
end
$$;
comment on function fail_request(uuid, text, uuid, text, uuid, boolean) is 'Puts a request back into the queue or ends it as failed.';
revoke execute on function fail_request(uuid, text, uuid, text, uuid, boolean) from public;
grant execute on function fail_request(uuid, text, uuid, text, uuid, boolean) to rollcall_system;
