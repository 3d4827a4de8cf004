-- A request that could not be worked on. While p_retry says so and it has attempts left it is tried again after a pause
-- (it stays in processing, held by nobody); else it fails with its reason and an event. With p_spare the trouble is that
-- of storage or database: the attempt is not counted for an hour from when that trouble first met the request (whose age may be anything by then), and
-- the pause grows with the trouble. Other trouble, or being put into the queue again, begins the hour anew.
-- With p_attempts it is about the claim that made them so many, and no later one of the same worker: what is sent again because
-- its answer was lost must not end the next try.
-- Answers retried, failed or lost.
create or replace function fail_request(p_worker uuid, p_kind text, p_id uuid, p_reason text, p_event_id uuid, p_retry boolean, p_spare boolean default false,
  p_attempts integer default null) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  present_epoch constant smallint := hold_epoch();
  frame recognition_requests;
  person registration_requests;
  trouble interval;
begin
  if p_kind = 'recognition' then
    select * into frame from recognition_requests as r where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
      and r.attempts = coalesce(p_attempts, r.attempts) for no key update;
    if not found then
      return 'lost';
    end if;
    trouble := clock_timestamp() - coalesce(frame.storage_trouble_since, clock_timestamp());
    if p_retry and p_spare and trouble < interval '1 hour' then
      update recognition_requests as r set reason = p_reason, claimed_by = null, attempts = r.attempts - 1,
        storage_trouble_since = coalesce(r.storage_trouble_since, clock_timestamp()),
        claimed_until = clock_timestamp() + greatest(interval '2 seconds', least(interval '1 minute', trouble / 4))
      where r.id = p_id;
      return 'retried';
    elsif p_retry and frame.attempts < 3 then
      update recognition_requests as r set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + r.attempts * interval '2 seconds',
        storage_trouble_since = case when p_spare then r.storage_trouble_since end
      where r.id = p_id;
      return 'retried';
    end if;
    update recognition_requests as r set status = 'failed', reason = p_reason, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), claimed_by = null, claimed_until = null, completed_at = now()
    where r.id = p_id
    returning * into frame;
    perform insert_events(jsonb_build_array(jsonb_build_object(
      'organization_id', frame.organization_id, 'id', p_event_id, 'type', 'recognition.failed', 'subject', 'recognitions/' || frame.id,
      'actor', 'system:face-worker', 'correlation_id', frame.correlation_id, 'causation_id', frame.request_event_id, 'occurred_at', frame.completed_at,
      'payload', jsonb_build_object('recognition_id', frame.id, 'source_id', frame.source_id, 'captured_at', frame.captured_at, 'reason', p_reason))));
  elsif p_kind = 'registration' then
    select * into person from registration_requests as r where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
      and r.attempts = coalesce(p_attempts, r.attempts) for no key update;
    if not found then
      return 'lost';
    end if;
    trouble := clock_timestamp() - coalesce(person.storage_trouble_since, clock_timestamp());
    if p_retry and p_spare and trouble < interval '1 hour' then
      update registration_requests as r set reason = p_reason, claimed_by = null, attempts = r.attempts - 1,
        storage_trouble_since = coalesce(r.storage_trouble_since, clock_timestamp()),
        claimed_until = clock_timestamp() + greatest(interval '2 seconds', least(interval '1 minute', trouble / 4))
      where r.id = p_id;
      return 'retried';
    elsif p_retry and person.attempts < 3 then
      update registration_requests as r set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + r.attempts * interval '2 seconds',
        storage_trouble_since = case when p_spare then r.storage_trouble_since end
      where r.id = p_id;
      return 'retried';
    end if;
    update registration_requests as r set status = 'failed', reason = p_reason, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), claimed_by = null, claimed_until = null, completed_at = now()
    where r.id = p_id
    returning * into person;
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
comment on function fail_request(uuid, text, uuid, text, uuid, boolean, boolean, integer) is 'Has a request tried again after a pause, or ends it as failed.';
revoke execute on function fail_request(uuid, text, uuid, text, uuid, boolean, boolean, integer) from public;
grant execute on function fail_request(uuid, text, uuid, text, uuid, boolean, boolean, integer) to rollcall_system;
