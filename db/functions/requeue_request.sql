-- Puts a frame that failed or expired into the queue again, for the transaction's organization: with all its attempts, and
-- time until p_expires_at. How it had ended is kept. Answers {status, recognition_id, source_id, ended_as, reason}; status:
-- requeued | unchanged (it is in the queue again already) | not_found | not_failed | discarded | images_gone.
create or replace function requeue_request(p_id uuid, p_event_id uuid, p_actor text, p_expires_at timestamptz) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  frame recognition_requests;
  person_status text;
begin
  select * into frame from recognition_requests as r where r.id = p_id and r.organization_id = organization for no key update;
  if not found then
    select r.status into person_status from registration_requests as r where r.id = p_id and r.organization_id = organization;
    return jsonb_build_object('status', case
      when person_status is null then 'not_found' when person_status = 'failed' then 'images_gone' else 'not_failed' end);
  elsif frame.status in ('queued', 'processing') and frame.requeues > 0 then
    return jsonb_build_object('status', 'unchanged');
  elsif frame.status not in ('failed', 'expired') then
    return jsonb_build_object('status', 'not_failed');
  elsif frame.discarded_at is not null then
    return jsonb_build_object('status', 'discarded');
  elsif frame.image_key is null then
    return jsonb_build_object('status', 'images_gone');
  end if;
  insert into requeued_requests (
    id, organization_id, recognition_id, ended_as, reason, attempts, ended_at, decided_epoch, decided_xid, requeued_by, requeued_at)
  values (p_event_id, organization, p_id, frame.status, frame.reason, frame.attempts, frame.completed_at, frame.decided_epoch,
    frame.decided_xid, p_actor, clock_timestamp());
  update recognition_requests as r
  set status = 'queued', attempts = 0, reason = null, completed_at = null, claimed_by = null, claimed_until = null,
      decided_epoch = null, decided_xid = null, expires_at = p_expires_at, requeues = r.requeues + 1,
      requeued_at = clock_timestamp(), storage_trouble_since = null
  where r.id = p_id;
  perform pg_notify('rollcall_requests', '');
  return jsonb_build_object('status', 'requeued', 'recognition_id', p_id, 'source_id', frame.source_id, 'ended_as', frame.status, 'reason', frame.reason);
end
$$;
comment on function requeue_request(uuid, uuid, text, timestamptz) is 'Puts a failed or expired frame of the transaction''s organization into the queue again.';
revoke execute on function requeue_request(uuid, uuid, text, timestamptz) from public;
grant execute on function requeue_request(uuid, uuid, text, timestamptz) to rollcall_gateway;
